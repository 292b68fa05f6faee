import { DockerfileParser, type Instruction, type ModifiableInstruction } from "dockerfile-ast";
import { type GoUse, readScript } from "../go-use.ts";
import type { Placed, Unread } from "../pipeline.ts";
import { type SourceText, sourceBuilder } from "../source-text.ts";
import { filledIn, type ShellCommand, type ShellWord } from "./shell.ts";

/** What one RUN does. */
export interface DockerRun {
  readonly line: number;
  readonly caches: readonly (Placed & { readonly id: string | null })[];
  /** Other mounts: bind, secret, …, as written. */
  readonly binds: readonly string[];
  readonly uses: readonly GoUse[];
  readonly commands: readonly ShellCommand[];
}

/** COPY or ADD. */
export interface DockerCopy {
  readonly line: number;
  readonly sources: readonly string[];
  /** From another stage or image, not from the context. */
  readonly isForeign: boolean;
}

export type DockerStep =
  | { readonly kind: "run"; readonly run: DockerRun }
  | { readonly kind: "copy"; readonly copy: DockerCopy }
  | { readonly kind: "env"; readonly name: string; readonly value: Placed }
  | { readonly kind: "user"; readonly user: Placed };

/** One FROM and what follows it. */
export interface DockerStage {
  readonly line: number;
  readonly image: string;
  readonly name: string | null;
  readonly steps: readonly DockerStep[];
}

export interface Dockerfile {
  readonly file: string;
  readonly stages: readonly DockerStage[];
  readonly unread: readonly Unread[];
}

/** Reads a Dockerfile; RUN instructions in the form of a list are no shell's and are taken word by word. */
export function readDockerfile(file: string, text: string): Dockerfile {
  const unread: Unread[] = [];
  // Images of Windows run PowerShell or cmd: nothing of theirs is read.
  if (
    /\.windows$|nanoserver|servercore|^\s*SHELL\s*\[\s*"(?:powershell|pwsh|cmd)/im.test(`${file}\n${text}`)
  ) {
    return { file, stages: [], unread };
  }
  const stages: (DockerStage & { steps: DockerStep[] })[] = [];
  const variables = new Map<string, ShellWord>();
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const line = instruction.getRange().start.line + 1;
    const keyword = instruction.getKeyword();
    const words = instruction.getArguments().map((argument) => argument.getValue());
    if (keyword === "FROM") {
      const as = words.findIndex((word) => /^as$/i.test(word));
      stages.push({ line, image: words[0] ?? "", name: as < 0 ? null : (words[as + 1] ?? null), steps: [] });
      variables.clear();
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) continue;
    if (keyword === "ENV") {
      for (const [name, value] of settings(instruction)) {
        const isKnown = !value.includes("$");
        variables.set(name, { text: value, isKnown, calls: [] });
        stage.steps.push({
          kind: "env",
          name,
          value: { text: value, line: lineOfText(instruction, name, text) },
        });
      }
    } else if (keyword === "USER") {
      stage.steps.push({ kind: "user", user: { text: words[0] ?? "", line } });
    } else if (keyword === "COPY" || keyword === "ADD") {
      const isForeign = flagsOf(instruction).some((flag) => flag.name === "from");
      stage.steps.push({ kind: "copy", copy: { line, sources: words.slice(0, -1), isForeign } });
    } else if (keyword === "RUN") {
      stage.steps.push({ kind: "run", run: readRun(instruction, { file, text, line, variables, unread }) });
    }
  }
  return { file, stages, unread };
}

interface RunGround {
  readonly file: string;
  readonly text: string;
  readonly line: number;
  readonly variables: ReadonlyMap<string, ShellWord>;
  readonly unread: Unread[];
}

function readRun(instruction: Instruction, ground: RunGround): DockerRun {
  const mounts = flagsOf(instruction).filter((flag) => flag.name === "mount");
  const caches = mounts.flatMap(({ value, line }) => {
    const options = new Map(value.split(",").map((each) => splitOnce(each, "=")));
    if (options.get("type") !== "cache") return [];
    const target = options.get("target") ?? options.get("dst") ?? options.get("destination") ?? "";
    return [{ text: target, line, id: options.get("id") ?? null }];
  });
  const read = readScript(scriptOf(instruction, ground), ground.variables);
  if (read.problem !== null) {
    ground.unread.push({ file: ground.file, line: read.problem.line, reason: read.problem.message });
  }
  return {
    line: ground.line,
    caches,
    binds: mounts.filter((mount) => !/type=cache/.test(mount.value)).map((mount) => mount.value),
    uses: read.uses,
    commands: read.commands,
  };
}

/** The shell's text of a RUN: without flags, and without the comment lines that Docker takes out. */
function scriptOf(instruction: Instruction, { file, text, line }: RunGround): SourceText {
  const { start, end } = instruction.getRange();
  const lines = text.split(/\r?\n/).slice(start.line, end.line + 1);
  const builder = sourceBuilder(file);
  const heredoc = /<<-?\s*(["']?)(\w+)\1/.exec(lines[0] ?? "");
  if (heredoc !== null && lines.length > 1 && /^\s*RUN\s+(?:--\S+\s+)*<</i.test(lines[0] ?? "")) {
    for (const [index, each] of lines.slice(1, -1).entries()) builder.add(`${each}\n`, line + 1 + index);
    return builder.finish();
  }
  const json = /^\s*RUN\s+(?:--\S+\s+)*(\[[\s\S]*\])\s*$/i.exec(lines.join("\n"))?.[1];
  if (json !== undefined) {
    builder.add(wordsOfJson(json), line);
    return builder.finish();
  }
  let inFlags = true;
  lines.forEach((each, index) => {
    if (index > 0 && /^\s*#/.test(each)) return;
    let body = index === 0 ? each.replace(/^\s*(?:ONBUILD\s+)?RUN\b/i, "") : each;
    while (inFlags) {
      const flag = /^\s*--[a-z]+(?:=(?:"[^"]*"|\S*))?/.exec(body);
      // A line that holds flags alone goes on with a backslash.
      if (flag === null || (body.trim() !== "\\" && /^\s*\\?$/.test(body))) break;
      body = body.slice(flag[0].length);
    }
    if (inFlags && /^\s*\\\s*$/.test(body)) return;
    if (body.trim() !== "") inFlags = false;
    builder.add(`${body.replace(/`\s*$/, (mark) => mark)}\n`, line + index);
  });
  return builder.finish();
}

function wordsOfJson(text: string): string {
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words))
      return words.map((word) => `'${String(word).replaceAll("'", "'\\''")}'`).join(" ");
  } catch {
    // Docker takes what is no JSON for a shell's text.
  }
  return text.replaceAll("\n", " ").replaceAll("$", filledIn);
}

function flagsOf(instruction: Instruction): readonly { name: string; value: string; line: number }[] {
  if (!("getFlags" in instruction)) return [];
  return (instruction as ModifiableInstruction).getFlags().map((flag) => ({
    name: flag.getName(),
    value: flag.getValue() ?? "",
    line: flag.getRange().start.line + 1,
  }));
}

/** `ENV A=b C=d` and the old form `ENV A b`. */
function settings(instruction: Instruction): readonly (readonly [string, string])[] {
  const words = instruction.getArguments().map((argument) => argument.getValue());
  const [first = "", ...rest] = words;
  if (!first.includes("=")) return [[first, unquote(rest.join(" "))]];
  return words.map((word) => {
    const [name, value] = splitOnce(word, "=");
    return [name, unquote(value)] as const;
  });
}

function lineOfText(instruction: Instruction, name: string, text: string): number {
  const { start, end } = instruction.getRange();
  const lines = text.split(/\r?\n/).slice(start.line, end.line + 1);
  const at = lines.findIndex((line) => line.includes(name));
  return start.line + 1 + Math.max(0, at);
}

function unquote(text: string): string {
  return /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
