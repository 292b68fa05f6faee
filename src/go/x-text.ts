/** What tells the text of -x from other output on go's stderr (work/shell.go, vcs.go, codehost.go, http.go; Go 1.21–1.26). */
export interface XTextOptions {
  readonly keepWork?: boolean;
  readonly toolexec?: string | null;
}

/**
 * Is a whole line (without its newline) text of `go build -x`? Heredoc bodies are the caller's.
 * @param afterCd the line before was a `cd` of -x: then a command of a version control system may follow
 */
export function isXText(line: Buffer, afterCd: boolean, options: XTextOptions): boolean {
  const toolexec = options.toolexec ?? null;
  if (!mayBeXText(line, toolexec)) return false;
  const head = line.toString("latin1", 0, 8192);
  const tail = line.toString("latin1", Math.max(0, line.length - 256));
  if (/^WORK=\S.*go-build\d+$/.test(head)) return options.keepWork !== true;
  if (/^(mkdir -p|cd|mv|cp|rm -rf?|touch|ln -s) \S/.test(head)) return true;
  if (/ # internal$/.test(tail)) return /^(cat|echo|go tool) |^"?\S*[\\/]/.test(head);
  if (/^# (get https?:|lock )|^# \S+ not created$|^\d+\.\d{3}s # /.test(head)) return true;
  if (/ \|\| true$/.test(tail) || / # test for internal linking errors \(/.test(tail)) return true;
  if (afterCd && /^(git|hg|svn|bzr|fossil) [a-z-]/.test(head)) return true;
  const assignments = /^(?:[A-Za-z_]\w*=(?:'[^']*'|"(?:[^"\\]|\\.)*") )*/.exec(head)?.[0] ?? "";
  // cgo's C compilers have no other mark than the environment that go gives them.
  if (/(^| )TERM='dumb' /.test(assignments)) return true;
  let command = head.slice(assignments.length);
  if (toolexec !== null && command.startsWith(`${toolexec} `)) command = command.slice(toolexec.length + 1);
  return /^("[^"]*|\S*)[\\/]pkg[\\/]tool[\\/]\w+[\\/]\w+(\.exe)?"? /.test(command);
}

/** Is the line the head of a heredoc, which goes on to a line that ends in `EOF`? */
export function opensHeredoc(line: Buffer): boolean {
  return /^cat >.* << 'EOF' # internal$/.test(line.toString("latin1", 0, 8192));
}

/** May a line that begins so be -x text? True for every beginning of a line for which `isXText` holds. */
export function mayBeXText(beginning: Buffer, toolexec: string | null): boolean {
  const head = beginning.toString("latin1", 0, 8192);
  const blank = head.indexOf(" ");
  const word = blank < 0 ? head : head.slice(0, blank);
  if (/[\\/]|^"|^[A-Za-z_]\w*=/.test(word)) return true;
  if (blank < 0) return word.length < 64;
  return (
    commandWords.has(word) ||
    /^\d+\.\d{3}s$/.test(word) ||
    /(gcc|g\+\+|cc|c\+\+|clang|gfortran)[\w.+-]*$/.test(word) ||
    (toolexec !== null && toolexec.split(" ")[0] === word)
  );
}

const commandWords = new Set("mkdir cd cat echo mv cp rm touch ln go # git hg svn bzr fossil".split(" "));
