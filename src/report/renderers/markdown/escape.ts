/**
 * A value as code: nothing in it is read as Markdown, HTML, a mention or a reference, on GitHub and on GitLab, in a table
 * too. Its control characters must be spelled out already (`visibleText`).
 *
 * A pipe ends a table's cell even in backquotes, and a backslash in front of it means different things to different
 * readers; neither does so in `<code>` with the characters as numbers.
 */
export function codeSpan(value: string): string {
  if (value === "") return "";
  return /^[^`|\\<>&\s](?:[^`|\\<>&]*[^`|\\<>&\s])?$/.test(value)
    ? `\`${value}\``
    : `<code>${value.replace(unsafe, (character) => `&#${character.codePointAt(0)};`)}</code>`;
}

/** All that Markdown or HTML can give a meaning, and spaces that would be lost. */
const unsafe = /[!-,./:;<=>?@[\\\]^_`{|}~]|(?<=^| ) | (?=$)/gu;

/**
 * A sentence of ours with values in it: the values given in `parts` and whatever looks like code become code, the rest
 * stays as it is. What is left has no character that Markdown knows.
 * @param parts values as they stand in the text; longer ones are looked for first.
 */
export function prose(text: string, parts: readonly string[] = []): string {
  const sorted = parts.filter((part) => part !== "").sort((a, b) => b.length - a.length);
  let out = "";
  let code = "";
  const end = (): void => {
    out += codeSpan(code);
    code = "";
  };
  // Two code spans side by side would be read as one broken span: they become one.
  for (const piece of piecesOf(text, sorted)) {
    if (piece.code) code += piece.text;
    else if (piece.text !== "") {
      end();
      out += piece.text;
    }
  }
  end();
  return out;
}

interface Piece {
  readonly text: string;
  readonly code: boolean;
}

/** One part after the other, in the order given, is cut out of what is left; a report may have thousands. */
function* piecesOf(text: string, parts: readonly string[]): Generator<Piece> {
  let pieces: Piece[] = [{ text, code: false }];
  for (const part of parts) {
    if (text.includes(part))
      pieces = pieces.flatMap((piece) => (piece.code ? piece : cutOut(piece.text, part)));
  }
  for (const piece of pieces) {
    if (piece.code) yield piece;
    else yield* wordsOf(piece.text);
  }
}

function cutOut(text: string, part: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = text;
  for (let at = placeOf(rest, part); at >= 0; at = placeOf(rest, part)) {
    pieces.push({ text: rest.slice(0, at), code: false }, { text: part, code: true });
    rest = rest.slice(at + part.length);
  }
  return [...pieces, { text: rest, code: false }];
}

/** Where a value stands as a whole, not as a piece of a longer word; -1 for nowhere. */
function placeOf(text: string, part: string): number {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const before = text[at - 1] ?? " ";
    const behind = text[at + part.length] ?? " ";
    if (/[\s("']/.test(before) && /[\s)"':;,.]/.test(behind)) return at;
  }
  return -1;
}

/** One word: a go command with its flags, `-o bin/`, `NAME='two words'`, `"two words"`, whatever has no space. */
const word = new RegExp(
  [
    String.raw`(?<![\w-])go (?:env|clean|test|vet|run|build)(?![\w-])(?: -o \S+/(?![^\s).,;:])| -[\w-]+(?:=\S+)?)*(?: [A-Z_]+=(?:'[^']*'|\S+))?`,
    String.raw`(?<!\S)-o \S+/(?![^\s).,;:])`,
    String.raw`(?:[\w.-]+=)?(?:'[^']*'(?!\w)|"[^"]*"(?!\w))`,
    String.raw`\S+`,
    String.raw`\s+`,
  ].join("|"),
  "g",
);

function* wordsOf(text: string): Generator<Piece> {
  for (const [found] of text.matchAll(word)) {
    const [, open = "", inner = "", close = ""] = /^(\(*)(.*?)([).,;:]*)$/s.exec(found) ?? [];
    if (/^\s*$/.test(found) || isPlain(inner)) yield { text: found, code: false };
    else if (/^<[\d.]+$/.test(inner)) yield { text: `${open}&lt;${inner.slice(1)}${close}`, code: false };
    else {
      yield { text: open, code: false };
      yield { text: inner, code: true };
      yield { text: close, code: false };
    }
  }
}

/** Letters and marks of a sentence. All else, flags and Go's variables are better off as code. */
function isPlain(text: string): boolean {
  if (/^--?[A-Za-z]/.test(text) || /^[0-9a-f]{7,}$/.test(text) || /^(GO|CGO)[A-Z]{3,}$/.test(text))
    return false;
  // An address without a scheme is made a link too.
  if (/\w\.\w/.test(text) && !/^[\d.]+$/.test(text)) return false;
  return /^[\p{L}\p{M}\p{N}.,;:'"()→…-]*$/u.test(text) && !/^-+$/.test(text);
}
