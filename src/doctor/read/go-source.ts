import { sourceText } from "../source-text.ts";

/** What doctor wants to know of a Go file. */
export interface GoSource {
  readonly file: string;
  /** Folder of the file, `.` for the root. */
  readonly directory: string;
  readonly isTest: boolean;
  /** The code with the inside of strings and all comments blanked, character for character. */
  readonly code: string;
  readonly calls: readonly GoCall[];
  /** The comment in front of `import "C"`, line by line. */
  readonly preamble: readonly { readonly text: string; readonly line: number }[];
}

/** A call of os, filepath or ioutil: `os.WriteFile(…)`. */
export interface GoCall {
  readonly name: string;
  readonly line: number;
  /** Its first argument, where that is made of literals alone: a string, or filepath.Join of strings. */
  readonly path: string | null;
  /** The string literals in its first argument. */
  readonly literals: readonly string[];
  readonly arguments: string;
  /** It stands below a condition: an `-update` flag, a build for another system. */
  readonly isConditional: boolean;
}

export function readGoSource(file: string, text: string): GoSource {
  const { code, strings, comments } = blank(text);
  const directory = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : ".";
  const { lineAt } = sourceText(file, text);
  const isConditional = conditionsOf(code);
  const calls = [...code.matchAll(/(?<![\w.])((?:os|ioutil|filepath)\.[A-Z]\w*)\(/g)].map((match): GoCall => {
    const open = match.index + match[0].length - 1;
    const end = closing(code, open);
    const first = firstArgument(code, open + 1, end);
    const literals = strings
      .filter((each) => each.from >= open && each.to <= first)
      .map((each) => each.value);
    return {
      name: match[1] ?? "",
      line: lineAt(match.index),
      path: pathOf(code.slice(open + 1, first), literals),
      literals,
      arguments: text.slice(open + 1, end),
      isConditional: isConditional(match.index),
    };
  });
  return {
    file,
    directory,
    isTest: file.endsWith("_test.go"),
    code,
    calls,
    preamble: preambleOf(text, code, strings, comments, lineAt),
  };
}

/** The package clause of a file's beginning: its name, and whether `//go:build ignore` stands before it; null where there is none. */
export function packageOf(head: string): { readonly name: string; readonly isIgnored: boolean } | null {
  const { code } = blank(head);
  const found = /^[^\S\n]*package\s+(\w+)/m.exec(code);
  if (found === null) return null;
  const before = head.slice(0, found.index);
  return {
    name: found[1] ?? "",
    isIgnored: /^\s*\/\/(?:go:build|\s*\+build)\s+(?:.*\b)?(?:ignore|tools)\b/m.test(before),
  };
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly value: string;
}

const token = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'/g;

/** Blanks what is no code; what was in strings and comments is given beside. */
function blank(text: string): { code: string; strings: Stretch[]; comments: Stretch[] } {
  const strings: Stretch[] = [];
  const comments: Stretch[] = [];
  const code = text.replace(token, (whole, at: number) => {
    const stretch = { from: at, to: at + whole.length };
    if (whole.startsWith("/")) {
      comments.push({ ...stretch, value: whole });
      return whole.replace(/[^\n]/g, " ");
    }
    if (!whole.startsWith("'")) strings.push({ ...stretch, value: unquote(whole) });
    return whole.charAt(0) + whole.slice(1, -1).replace(/[^\n]/g, "_") + whole.charAt(whole.length - 1);
  });
  return { code, strings, comments };
}

function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  return literal.startsWith("`") ? inner : inner.replace(/\\(["\\])/g, "$1");
}

function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    const character = code.charAt(at);
    if (character === "(" || character === "{" || character === "[") depth++;
    else if ((character === ")" || character === "}" || character === "]") && --depth === 0) return at;
  }
  return code.length;
}

function firstArgument(code: string, from: number, end: number): number {
  let depth = 0;
  for (let at = from; at < end; at++) {
    const character = code.charAt(at);
    if (character === "(" || character === "{" || character === "[") depth++;
    else if (character === ")" || character === "}" || character === "]") depth--;
    else if (character === "," && depth === 0) return at;
  }
  return end;
}

function pathOf(argument: string, literals: readonly string[]): string | null {
  const form = argument.replace(/"_*"|`[_\n]*`/g, "S").replace(/\s+/g, "");
  if (form === "S") return literals[0] ?? null;
  return /^(?:filepath|path)\.Join\(S(?:,S)*\)$/.test(form) ? literals.join("/") : null;
}

/** Tells whether one of the blocks around a place is a condition's. */
function conditionsOf(code: string): (place: number) => boolean {
  let blocks: readonly (readonly [number, number])[] | null = null;
  return (place) => {
    blocks ??= conditionBlocks(code);
    return blocks.some(([from, to]) => from < place && place < to);
  };
}

function conditionBlocks(code: string): readonly (readonly [number, number])[] {
  const open: (number | null)[] = [];
  const blocks: (readonly [number, number])[] = [];
  let start = 0;
  for (const { 0: brace, index } of code.matchAll(/[{}]/g)) {
    if (brace === "{") {
      const header = code.slice(Math.max(start, code.lastIndexOf("\n", index)), index);
      open.push(/^\s*(?:\}\s*)?(?:if|else|switch|select)\b/.test(header) ? index : null);
    } else {
      const from = open.pop() ?? null;
      if (from !== null) blocks.push([from, index]);
    }
    start = index + 1;
  }
  return blocks;
}

function preambleOf(
  text: string,
  code: string,
  strings: readonly Stretch[],
  comments: readonly Stretch[],
  lineAt: (offset: number) => number,
): GoSource["preamble"] {
  const literal = strings.find((each) => each.value === "C" && /\bimport\s*$/.test(code.slice(0, each.from)));
  if (literal === undefined) return [];
  const keyword = text.lastIndexOf("import", literal.from);
  const lines: { text: string; line: number }[] = [];
  // Comments that touch each other, and the import, are the preamble.
  let below = keyword;
  for (const comment of [...comments].reverse()) {
    if (comment.from >= keyword) continue;
    if (!/^[^\S\n]*\n?[^\S\n]*$/.test(text.slice(comment.to, below))) break;
    const body = comment.value.startsWith("//") ? comment.value.slice(2) : comment.value.slice(2, -2);
    const first = lineAt(comment.from);
    lines.unshift(...body.split("\n").map((each, index) => ({ text: each.trim(), line: first + index })));
    below = comment.from;
  }
  return lines;
}
