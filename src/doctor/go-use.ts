import { type GoCommand, parseGoWords } from "../model/go-command.ts";
import { readShell, type ShellCommand, type ShellWord } from "./read/shell.ts";
import { type SourceText, sourceText } from "./source-text.ts";

/** A go command that a file runs. */
export interface GoUse {
  readonly file: string;
  readonly line: number;
  /** As the file has it, for people. */
  readonly shown: string;
  readonly command: GoCommand;
  /** Words behind `go`, known or not. */
  readonly words: readonly ShellWord[];
  /** Variables in effect that the file sets. */
  readonly variables: ReadonlyMap<string, ShellWord>;
  /** Where it runs, from the root of the checkout or from the script's start; null where that can't be told. */
  readonly directory: string | null;
  /** False where a word that may be a flag can't be told. */
  readonly isKnown: boolean;
}

export interface ScriptRead {
  readonly uses: readonly GoUse[];
  /** All commands, go's too. */
  readonly commands: readonly ShellCommand[];
  readonly problem: { readonly message: string; readonly line: number } | null;
}

/** The go commands of a script, those behind `env`, `time`, `sh -c` and the like too. */
export function readScript(
  source: SourceText,
  variables: ReadonlyMap<string, ShellWord>,
  directory: string | null = ".",
  depth = 0,
): ScriptRead {
  const { commands, problem } = readShell(source, variables);
  const inner = commands.map((command) => ({ command, script: depth < 3 ? innerScript(command) : null }));
  const uses = inner.flatMap(({ command, script }): readonly GoUse[] => {
    const at = join(directory, command.directory);
    if (script !== null) {
      const text = sourceText(source.file, script, command.line);
      return readScript({ ...text, lineAt: () => command.line }, command.variables, at, depth + 1).uses;
    }
    const use = goUse(source.file, command, at);
    return use === null ? [] : [use];
  });
  const nested = inner.flatMap(({ command, script }) =>
    script === null
      ? []
      : readShell(sourceText(source.file, script), command.variables).commands.map((each) => ({
          ...each,
          line: command.line,
          directory: command.directory,
        })),
  );
  return { uses, commands: [...commands, ...nested], problem };
}

export function join(outer: string | null, inner: string | null): string | null {
  if (inner === null || inner.startsWith("/")) return inner;
  return outer === null ? null : `${outer}/${inner}`;
}

/** The script of `sh -c '…'`; null for any other command. */
function innerScript(command: ShellCommand): string | null {
  const words = unwrap(command.words).words;
  if (!/^(?:.*\/)?(?:ba|da|z|k)?sh$/.test(words[0]?.text ?? "")) return null;
  const at = words.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word.text));
  const script = at < 0 ? undefined : words[at + 1];
  return script?.isKnown === true ? script.text : null;
}

function goUse(file: string, command: ShellCommand, directory: string | null): GoUse | null {
  const { words, variables } = unwrap(command.words);
  const name = words[0];
  if (name === undefined || !name.isKnown) return null;
  const all = new Map([...command.variables, ...variables]);
  const rest = goArguments(name.text, words.slice(1));
  if (rest === null) return null;
  const goflags = all.get("GOFLAGS");
  const texts = rest.map((word) => word.text);
  const parsed = parseGoWords(
    texts,
    goflags?.isKnown === true ? { text: goflags.text, origin: "GOFLAGS" } : null,
  );
  return {
    file,
    line: command.line,
    shown: command.words.map((word) => word.text).join(" "),
    command: parsed,
    words: rest,
    variables: all,
    directory,
    isKnown: rest.every((word) => word.isKnown || !isMaybeFlag(word.text)) && goflags?.isKnown !== false,
  };
}

/** An unknown word that stands alone may hold flags; one that begins with a known `-x=` or a path does not. */
function isMaybeFlag(text: string): boolean {
  return /^[$`\ue000]/.test(text);
}

/** What go gets: the words behind go, or those that gotestsum and its like hand on to go test; null for other programs. */
function goArguments(name: string, words: readonly ShellWord[]): readonly ShellWord[] | null {
  const base = name.slice(name.lastIndexOf("/") + 1).replace(/\.exe$/, "");
  if (/^go(?:\d+\.\d+(?:\.\d+|rc\d+|beta\d+)?|tip)?$/.test(base)) return words;
  if (base === "gotestsum") {
    const at = words.findIndex((word) => word.text === "--");
    return [known("test"), ...(at < 0 ? [known("./...")] : words.slice(at + 1))];
  }
  return base === "richgo" ? words : null;
}

function known(text: string): ShellWord {
  return { text, isKnown: true, calls: [] };
}

/** The command that `env A=b`, `time`, `timeout 5m`, `sudo -E`, `xargs -n 1` and their like run. */
function unwrap(words: readonly ShellWord[]): {
  readonly words: readonly ShellWord[];
  readonly variables: ReadonlyMap<string, ShellWord>;
} {
  const variables = new Map<string, ShellWord>();
  let at = 0;
  for (let steps = 0; steps < 6; steps++) {
    const name = words[at]?.text ?? "";
    const valued = wrappers.get(name.slice(name.lastIndexOf("/") + 1));
    if (valued === undefined) break;
    at++;
    for (;;) {
      const text = words[at]?.text ?? "";
      const setting = /^([A-Za-z_]\w*)=(.*)$/s.exec(text);
      if (setting !== null && /env$|sudo$/.test(name)) {
        const [, variable = "", value = ""] = setting;
        variables.set(variable, { ...(words[at] ?? known(text)), text: value });
        at++;
      } else if (text.startsWith("-") && text.length > 1) {
        at += valued.includes(text) ? 2 : 1;
      } else break;
    }
    if (/timeout$/.test(name)) at++;
  }
  return { words: words.slice(at), variables };
}

/** Programs that run the command behind their own words, and their flags that take a word. */
const wrappers: ReadonlyMap<string, readonly string[]> = new Map([
  ["env", ["-u", "-C", "-S"]],
  ["sudo", ["-u", "-g"]],
  ["time", ["-f", "-o"]],
  ["nice", ["-n"]],
  ["ionice", ["-c", "-n"]],
  ["nohup", []],
  ["exec", ["-a"]],
  ["command", []],
  ["timeout", ["-k", "-s"]],
  ["xargs", ["-n", "-P", "-I", "-L", "-d", "-a"]],
  ["stdbuf", ["-o", "-e", "-i"]],
  ["xvfb-run", []],
  ["dbus-run-session", []],
]);
