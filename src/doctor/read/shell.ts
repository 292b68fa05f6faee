import {
  type Assignment,
  type Command,
  forEachChild,
  type ParsedScript,
  parse,
  type SyntaxNode,
  type Word,
  type WordPart,
} from "unbash";
import type { SourceText } from "../source-text.ts";

/** One word of a command, as far as it can be told without running anything. */
export interface ShellWord {
  /** Its value where that is known, else the text as written. */
  readonly text: string;
  readonly isKnown: boolean;
  /** The commands whose output stands in it, by `$( )` or by a variable that was set so. */
  readonly calls: readonly (readonly string[])[];
}

/** A simple command somewhere in a script. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** Variables that it sees and that the script, or what stands around it, sets. */
  readonly variables: ReadonlyMap<string, ShellWord>;
  readonly line: number;
  /** Where the script went by `cd`, from where it began; null where that can't be told. */
  readonly directory: string | null;
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  /** Where bash would stop reading; null where it would not. */
  readonly problem: { readonly message: string; readonly line: number } | null;
}

/** Stands for a character of something that another program fills in: `${{ … }}`, `<< … >>`. */
export const filledIn = "\ue000";

/**
 * The commands of a script, in the order of the text, those in substitutions too: of all branches, since which are taken is not known.
 * @param variables set from outside
 */
export function readShell(source: SourceText, variables: ReadonlyMap<string, ShellWord>): ShellScript {
  const script = parse(source.text);
  const commands: ShellCommand[] = [];
  const state: State = { variables: new Map(variables), directory: "." };
  const problem = visit(script, state, { source, commands, depth: 0 });
  return { commands, problem };
}

interface State {
  variables: Map<string, ShellWord>;
  directory: string | null;
}

interface Context {
  readonly source: SourceText;
  readonly commands: ShellCommand[];
  readonly depth: number;
}

type Problem = { readonly message: string; readonly line: number } | null;

function visit(node: SyntaxNode, state: State, context: Context): Problem {
  if (node.type === "Script") {
    const error = node.errors?.[0];
    let problem: Problem =
      error === undefined ? null : { message: error.message, line: context.source.lineAt(error.pos) };
    forEachChild(node, (child) => {
      problem = visit(child, state, context) ?? problem;
    });
    return problem;
  }
  if (node.type === "Command") {
    visitCommand(node, state, context);
    return null;
  }
  // What happens in a subshell stays there; a function's body runs later, with its own view of the directory.
  const inner =
    node.type === "Subshell" || node.type === "Function"
      ? { variables: new Map(state.variables), directory: state.directory }
      : state;
  forEachChild(node, (child) => {
    visit(child, inner, context);
  });
  return null;
}

function visitCommand(command: Command, state: State, context: Context): void {
  for (const part of [...command.prefix, ...command.suffix]) visitSubstitutions(part, state, context);
  if (command.name === undefined) {
    for (const part of command.prefix) if (part.type === "Assignment") assign(part, state, context);
    return;
  }
  visitSubstitutions(command.name, state, context);
  const words = wordsOf(command.name, state, context);
  const name = words[0]?.text ?? "";
  if (/^(export|declare|local|readonly|typeset)$/.test(name)) {
    for (const part of command.args) if (part.type === "Assignment") assign(part, state, context);
    return;
  }
  for (const part of command.args) {
    if (part.type === "Word") words.push(...wordsOf(part, state, context));
    else words.push({ text: part.text, isKnown: isPlain(part), calls: [] });
  }
  const variables = new Map(state.variables);
  for (const part of command.prefix) {
    if (part.type === "Assignment") variables.set(part.name, wordOf(part, state, context));
  }
  const line = context.source.lineAt(command.pos);
  context.commands.push({ words, variables, line, directory: state.directory });
  if (name === "cd" || name === "pushd") goTo(words, state);
  if (name === "popd") state.directory = null;
}

function goTo(words: readonly ShellWord[], state: State): void {
  const target = words.slice(1).find((word) => !/^-[LPe@]+$/.test(word.text));
  if (target === undefined || !target.isKnown || target.text === "-") state.directory = null;
  else if (target.text.startsWith("/")) state.directory = target.text;
  else if (state.directory !== null) state.directory = `${state.directory}/${target.text}`;
}

/** The commands inside `$( )` of a word are commands of the script as well. */
function visitSubstitutions(node: SyntaxNode, state: State, context: Context): void {
  if (node.type === "Script") {
    visit(node, { variables: new Map(state.variables), directory: state.directory }, context);
    return;
  }
  forEachChild(node, (child) => visitSubstitutions(child, state, context));
}

function assign(assignment: Assignment, state: State, context: Context): void {
  state.variables.set(assignment.name, wordOf(assignment, state, context));
}

function wordOf(assignment: Assignment, state: State, context: Context): ShellWord {
  if (assignment.value.type !== "Word") return unknown(assignment.text);
  const value = partsOf(assignment.value, state, context);
  const text = value.map((piece) => piece.text).join("");
  const before = state.variables.get(assignment.name);
  const isAppended = assignment.append === true;
  const calls = value.flatMap((piece) => piece.calls);
  return {
    text: isAppended ? `${before?.text ?? ""}${text}` : text,
    isKnown: value.every((piece) => piece.isKnown) && (!isAppended || before?.isKnown === true),
    calls: isAppended ? [...(before?.calls ?? []), ...calls] : calls,
  };
}

function isPlain(assignment: Assignment): boolean {
  return assignment.value.type === "Word" && assignment.value.parts === undefined;
}

function unknown(text: string, calls: readonly (readonly string[])[] = []): ShellWord {
  return { text, isKnown: false, calls };
}

/** A piece of a word; `splits` where an unquoted value is taken apart at its blanks. */
interface Piece extends ShellWord {
  readonly splits: boolean;
}

/** The words that one word of the text becomes: an unquoted variable may hold several, or none. */
function wordsOf(word: Word, state: State, context: Context): ShellWord[] {
  const words: ShellWord[] = [];
  let open = null as ShellWord | null;
  for (const piece of partsOf(word, state, context)) {
    const texts: string[] = piece.splits && piece.isKnown ? piece.text.split(/[ \t\n]+/) : [piece.text];
    for (const [index, text] of texts.entries()) {
      if (index > 0 && open !== null) {
        words.push(open);
        open = null;
      }
      if (text === "" && piece.splits) continue;
      open = {
        text: (open?.text ?? "") + text,
        isKnown: (open?.isKnown ?? true) && piece.isKnown,
        calls: [...(open?.calls ?? []), ...piece.calls],
      };
    }
  }
  if (open !== null) words.push(open);
  return words;
}

function partsOf(word: Word, state: State, context: Context): Piece[] {
  if (word.parts === undefined || word.parts.length === 0) return [literal(word.value)];
  return word.parts.flatMap((part) => pieceOf(part, state, context, true));
}

function literal(text: string): Piece {
  return { text, isKnown: !text.includes(filledIn), calls: [], splits: false };
}

function pieceOf(part: WordPart, state: State, context: Context, splits: boolean): Piece[] {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
    case "Glob":
      return [literal(part.value)];
    case "DoubleQuoted":
    case "LocaleString":
      if (part.parts.length === 0) return [literal("")];
      return part.parts.flatMap((child) => pieceOf(child, state, context, false));
    case "SimpleExpansion": {
      const value = state.variables.get(part.text.slice(1));
      return [{ ...(value ?? unknown(part.text)), splits }];
    }
    case "ParameterExpansion": {
      const value = part.operation === undefined && part.prefix === undefined && part.index === undefined;
      const set = value ? state.variables.get(part.parameter) : undefined;
      if (set !== undefined) return [{ ...set, splits }];
      const calls = state.variables.get(part.parameter)?.calls ?? [];
      const operand =
        part.operation?.type === "Default" ? partsOf(part.operation.operand, state, context) : [];
      return [{ ...unknown(part.text, [...calls, ...operand.flatMap((piece) => piece.calls)]), splits }];
    }
    case "CommandExpansion":
      return [{ ...unknown(part.text, callsOf(part.script, state, context)), splits }];
    default:
      return [{ ...unknown(part.text), splits }];
  }
}

function callsOf(
  script: ParsedScript | undefined,
  state: State,
  context: Context,
): readonly (readonly string[])[] {
  if (script === undefined || context.depth > 8) return [];
  const commands: ShellCommand[] = [];
  const inner = { variables: new Map(state.variables), directory: state.directory };
  visit(script, inner, { ...context, commands, depth: context.depth + 1 });
  return commands.flatMap((command) => [
    command.words.map((word) => word.text),
    ...command.words.flatMap((word) => word.calls),
  ]);
}
