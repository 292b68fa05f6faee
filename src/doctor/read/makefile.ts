import { type GoUse, readScript } from "../go-use.ts";
import type { Unread } from "../pipeline.ts";
import { type SourceText, sourceBuilder } from "../source-text.ts";
import type { ReadText } from "./github.ts";
import { filledIn, type ShellCommand, type ShellWord } from "./shell.ts";

/** A rule of a Makefile, and what its recipe runs. */
export interface MakeTarget {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly prerequisites: readonly string[];
  readonly uses: readonly GoUse[];
  readonly commands: readonly ShellCommand[];
}

export interface Makefile {
  readonly file: string;
  readonly targets: readonly MakeTarget[];
  readonly unread: readonly Unread[];
}

/**
 * Reads the rules of a Makefile as GNU make does: recipe lines begin with a tab, a backslash joins lines, each recipe line has a
 * shell of its own. Variables are those of the file and of the files that it includes; what a function of make gives is not known.
 */
export function readMakefile(file: string, text: string, readText: ReadText): Makefile {
  const state: State = { variables: new Map(), exported: new Set(), exportsAll: false, rules: [] };
  readLines(file, text, state, readText, 0);
  const unread: Unread[] = [];
  const isOneShell = /^\.ONESHELL\s*:/m.test(text);
  const targets = state.rules.flatMap((rule) => {
    const read = (isOneShell ? joinRecipe(rule.recipe) : rule.recipe).map((source) => {
      const expanded = expandSource(source, scopeOf(rule, state), rule.names[0] ?? "");
      const script = readScript(expanded, shellVariables(rule, state));
      if (script.problem !== null) {
        unread.push({ file: source.file, line: script.problem.line, reason: script.problem.message });
      }
      return script;
    });
    return rule.names.map((name) => ({
      name,
      file: rule.file,
      line: rule.line,
      prerequisites: rule.prerequisites,
      uses: read.flatMap((script) => script.uses),
      commands: read.flatMap((script) => script.commands),
    }));
  });
  return { file, targets, unread };
}

function joinRecipe(recipe: readonly SourceText[]): readonly SourceText[] {
  const [first] = recipe;
  if (first === undefined) return [];
  const builder = sourceBuilder(first.file);
  for (const source of recipe) builder.add(source.text, source.lineAt(0));
  return [builder.finish()];
}

interface Rule {
  readonly names: readonly string[];
  readonly file: string;
  readonly line: number;
  readonly prerequisites: readonly string[];
  readonly recipe: SourceText[];
  readonly variables: Map<string, string>;
}

interface State {
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  exportsAll: boolean;
  readonly rules: Rule[];
}

const assignmentForm = /^(?:(export|override|private)\s+)*([\w.%/-]+)\s*(\?|:{1,3}|\+|!)?=\s*(.*)$/s;

function readLines(file: string, text: string, state: State, readText: ReadText, depth: number): void {
  const lines = text.split("\n");
  let rule: Rule | null = null;
  const specific = new Map<string, Map<string, string>>();
  for (let at = 0; at < lines.length; at++) {
    const first = lines[at] ?? "";
    const line = at + 1;
    const physical = [first];
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(lines[at] ?? "") && at + 1 < lines.length)
      physical.push(lines[++at] ?? "");
    if (first.startsWith("\t") && rule !== null) {
      const builder = sourceBuilder(file);
      physical.forEach((each, index) => {
        const body = each.replace(/^\t/, "").replace(index === 0 ? /^[\s@+-]+/ : /^(?!)/, "");
        builder.add(`${body}\n`, line + index);
      });
      rule.recipe.push(builder.finish());
      continue;
    }
    const joined = withoutComment(physical.map((each) => each.replace(/\\$/, " ")).join("")).trim();
    if (joined === "") continue;
    if (/^define\b/.test(joined)) {
      while (at + 1 < lines.length && !/^\s*endef\b/.test(lines[at + 1] ?? "")) at++;
      continue;
    }
    if (/^(?:ifeq|ifneq|ifdef|ifndef|else|endif|endef|undefine|vpath|unexport)\b/.test(joined)) continue;
    const included = /^[-s]?include\s+(.+)$/.exec(joined)?.[1];
    if (included !== undefined) {
      for (const name of included.split(/\s+/)) {
        const path = beside(file, name);
        const other = depth < 5 && !/[$*]/.test(name) ? readText(path) : null;
        if (other !== null) readLines(path, other, state, readText, depth + 1);
      }
      continue;
    }
    if (joined === "export" || joined === ".EXPORT_ALL_VARIABLES:") state.exportsAll = true;
    const assignment = assignmentForm.exec(joined);
    if (assignment !== null) {
      const [, , name = "", operator = "", value = ""] = assignment;
      if (/^export\b/.test(joined)) state.exported.add(name);
      assign(state.variables, name, operator, value);
      rule = null;
      continue;
    }
    const exported = /^export\s+(.+)$/.exec(joined)?.[1];
    if (exported !== undefined) {
      for (const name of exported.split(/\s+/)) state.exported.add(name);
      continue;
    }
    const head = /^([^:=#\t][^:=]*?)\s*(?:::|&:|:)(?!=)\s*(.*)$/s.exec(joined);
    if (head === null) continue;
    const [, left = "", right = ""] = head;
    const names = expandText(left, state.variables).split(/\s+/).filter(Boolean);
    const own = assignmentForm.exec(right.replace(/^export\s+/, ""));
    if (own !== null && !right.startsWith("|")) {
      for (const name of names) {
        const values = specific.get(name) ?? new Map<string, string>();
        assign(values, own[2] ?? "", own[3] ?? "", own[4] ?? "");
        if (/^export\b/.test(right)) state.exported.add(own[2] ?? "");
        specific.set(name, values);
      }
      rule = null;
      continue;
    }
    const [needs = "", command] = right.split(/;(.*)/s);
    const prerequisites = expandText(needs, state.variables)
      .split(/[\s|]+/)
      .filter(Boolean);
    rule = { names, file, line, prerequisites, recipe: [], variables: new Map() };
    if (command !== undefined) {
      const builder = sourceBuilder(file);
      builder.add(`${command.trim()}\n`, line);
      rule.recipe.push(builder.finish());
    }
    state.rules.push(rule);
  }
  for (const each of state.rules) {
    for (const name of each.names)
      for (const [key, value] of specific.get(name) ?? []) each.variables.set(key, value);
  }
}

function beside(file: string, name: string): string {
  const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/") + 1) : "";
  return `${folder}${name.replace(/^\.\//, "")}`;
}

function withoutComment(line: string): string {
  return line.replace(/(^|[^\\])#.*$/, "$1");
}

function assign(variables: Map<string, string>, name: string, operator: string, value: string): void {
  const before = variables.get(name);
  if (operator === "+" && before !== undefined) variables.set(name, `${before} ${value}`);
  else if (operator === "!") variables.set(name, `$(shell ${value})`);
  else if (operator !== "?" || before === undefined) variables.set(name, value);
}

function scopeOf(rule: Rule, state: State): ReadonlyMap<string, string> {
  return rule.variables.size === 0 ? state.variables : new Map([...state.variables, ...rule.variables]);
}

/** What a recipe's shell finds in its environment of the Makefile's variables: exported ones, and those of go that make was given. */
function shellVariables(rule: Rule, state: State): ReadonlyMap<string, ShellWord> {
  const scope = scopeOf(rule, state);
  const words = new Map<string, ShellWord>();
  for (const [name] of scope) {
    if (!state.exportsAll && !state.exported.has(name)) continue;
    const text = expandText(`$(${name})`, scope);
    words.set(name, { text, isKnown: !text.includes(filledIn) && !/[$`]/.test(text), calls: callsIn(text) });
  }
  return words;
}

function callsIn(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/\$\(([^()]*)\)/g)].map(([, command = ""]) => command.trim().split(/\s+/));
}

function expandText(text: string, variables: ReadonlyMap<string, string>): string {
  let result = "";
  expand(text, variables, "", 0, (piece) => {
    result += piece;
  });
  return result;
}

function expandSource(
  source: SourceText,
  variables: ReadonlyMap<string, string>,
  target: string,
): SourceText {
  const builder = sourceBuilder(source.file);
  expand(source.text, variables, target, 0, (piece, offset) => builder.add(piece, source.lineAt(offset)));
  return builder.finish();
}

/** Hands out the text with make's references resolved, each piece with the offset that it came from. */
function expand(
  text: string,
  variables: ReadonlyMap<string, string>,
  target: string,
  depth: number,
  emit: (piece: string, offset: number) => void,
): void {
  let from = 0;
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", from)) {
    emit(text.slice(from, at), from);
    const next = text.charAt(at + 1);
    if (next === "$") {
      emit("$", at);
      from = at + 2;
    } else if (next === "(" || next === "{") {
      const end = closing(text, at + 1);
      emit(referenceValue(text.slice(at + 2, end), variables, target, depth), at);
      from = end + 1;
    } else {
      emit(next === "@" && isPlainName(target) ? target : filledIn, at);
      from = at + 2;
    }
  }
  emit(text.slice(from), from);
}

function referenceValue(
  inner: string,
  variables: ReadonlyMap<string, string>,
  target: string,
  depth: number,
): string {
  if (depth > 12) return filledIn;
  const nested = (text: string): string => {
    let result = "";
    expand(text, variables, target, depth + 1, (piece) => {
      result += piece;
    });
    return result;
  };
  const shell = /^shell\s+([\s\S]*)$/.exec(inner)?.[1];
  if (shell !== undefined) return `$(${nested(shell)})`;
  if (inner === "@") return isPlainName(target) ? target : filledIn;
  if (/^strip\s/.test(inner)) return nested(inner.slice(6)).trim();
  if (/^(?:MAKE|CURDIR)$/.test(inner)) return inner === "MAKE" ? "make" : ".";
  if (!/^[\w.-]+$/.test(inner)) return filledIn;
  const value = variables.get(inner);
  // What make takes from the environment may be anything; empty is what it is for most.
  return value === undefined ? filledIn : nested(value);
}

/** The name of a target as a shell would take it. */
function isPlainName(target: string): boolean {
  return /^[\w./+@:=-]+$/.test(target);
}

function closing(text: string, open: number): number {
  const [opening, ending] = text.charAt(open) === "(" ? ["(", ")"] : ["{", "}"];
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text.charAt(at) === opening) depth++;
    else if (text.charAt(at) === ending && --depth === 0) return at;
  }
  return text.length;
}
