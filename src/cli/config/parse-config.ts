import { dirname, resolve } from "node:path";
import { type MemberNode, parse, type ValueNode } from "@humanwhocodes/momoa";
import {
  type CauseMatch,
  type Limits,
  limitProblem,
  noLimits,
  readCauseMatch,
} from "../../report/check/limits.ts";
import { type Config, type ConfiguredCheck, emptyConfig, type IgnoredFinding } from "./config.ts";
import type { ReadConfig } from "./read-config.ts";

/**
 * The text of a configuration file. What is wrong is left out and told with its line; all else counts.
 * @param path of the file, absolute: paths in it are taken from its folder
 * @param name of the file in messages
 */
export function parseConfig(text: string, path: string, name: string): ReadConfig {
  const problems: string[] = [];
  const tell: Tell = (node, message) => {
    problems.push(`${name}:${node.loc.start.line}: ${message}`);
    return null;
  };
  let body: ValueNode;
  try {
    body = parse(text.replace(/^\ufeff/, ""), { mode: "json" }).body;
  } catch (error) {
    const { line } = error as { line?: number };
    const reason = text.trim() === "" ? "it is empty; {} is the least" : reasonOf(error);
    return { config: emptyConfig, problems: [`${name}:${line ?? 1}: it is no JSON: ${reason}`] };
  }
  const config: Mutable<Config> = { ...emptyConfig, path };
  const file = (node: ValueNode): string | null => {
    const told = textOf(node, tell, "a path");
    return told === null ? null : resolve(dirname(path), told);
  };
  readObject(body, "the configuration", tell, {
    $schema: () => {},
    prometheus: (node) => {
      config.prometheus = file(node);
    },
    ndjson: (node) => {
      config.ndjson = file(node);
    },
    traceCache: (node) => {
      if (node.type === "Boolean") config.traceCache = node.value;
      else tell(node, "traceCache has to be true or false");
    },
    check: (node) => {
      config.check = readCheck(node, tell);
    },
    doctor: (node) => {
      config.doctor = { ignore: readDoctor(node, tell) };
    },
  });
  return { config, problems };
}

/** Notes what is wrong at a place. */
type Tell = (node: { loc: { start: { line: number } } }, message: string) => null;

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/ \(\d+:\d+\)$/, "")
    .replace(/\p{Cc}/gu, " ")
    .slice(0, 200);
}

/** Hands each member to the reader of its name; what is unknown or given twice is told. */
function readObject(
  node: ValueNode,
  what: string,
  tell: Tell,
  readers: Readonly<Record<string, (value: ValueNode) => void>>,
): void {
  for (const { member, name } of membersOf(node, what, tell)) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    const known = Object.keys(readers).filter((each) => each !== "$schema");
    if (reader === undefined)
      tell(member, `unknown key "${shown(name)}" in ${what}; it knows ${known.join(", ")}`);
    else reader(member.value);
  }
}

/** The members of an object, each name once. */
function membersOf(node: ValueNode, what: string, tell: Tell): { member: MemberNode; name: string }[] {
  if (node.type !== "Object") {
    tell(node, `${what} has to be an object: { … }`);
    return [];
  }
  const seen = new Set<string>();
  return node.members.flatMap((member) => {
    const name = member.name.type === "String" ? member.name.value : "";
    if (seen.has(name)) {
      tell(member, `"${shown(name)}" stands twice in ${what}; the first counts`);
      return [];
    }
    seen.add(name);
    return [{ member, name }];
  });
}

function readCheck(node: ValueNode, tell: Tell): ConfiguredCheck {
  const packages: { pattern: string; limits: Limits }[] = [];
  const limits = readLimits(node, "check", tell, {
    packages: (inside) => {
      for (const { member, name } of membersOf(inside, "check.packages", tell)) {
        packages.push({
          pattern: name,
          limits: readLimits(member.value, `check.packages["${shown(name)}"]`, tell, {}),
        });
      }
    },
  });
  return { all: JSON.stringify(limits) === JSON.stringify(noLimits) ? null : limits, packages };
}

function readLimits(
  node: ValueNode,
  what: string,
  tell: Tell,
  more: Readonly<Record<string, (value: ValueNode) => void>>,
): Limits {
  const limits: Mutable<Limits> = { ...noLimits };
  const number = (name: "maxMissed" | "maxSeconds" | "minHitRate") => (value: ValueNode) => {
    const problem =
      value.type === "Number" ? limitProblem(name, value.value) : (limitProblem(name, Number.NaN) ?? "");
    if (problem === null && value.type === "Number") limits[name] = value.value;
    else tell(value, `${what}.${name} ${problem}`);
  };
  const matches = (name: "failOn" | "allow") => (value: ValueNode) => {
    limits[name] = itemsOf(value, `${what}.${name}`, tell).flatMap((item): CauseMatch[] => {
      const text = textOf(item, tell, "CODE or CODE:SUBJECT");
      const match = text === null ? null : readCauseMatch(text);
      if (match === null) return [];
      if (!("error" in match)) return [match];
      tell(item, `${what}.${name}: ${match.error}`);
      return [];
    });
  };
  readObject(node, what, tell, {
    maxMissed: number("maxMissed"),
    maxSeconds: number("maxSeconds"),
    minHitRate: number("minHitRate"),
    failOn: matches("failOn"),
    allow: matches("allow"),
    ...more,
  });
  return limits;
}

function readDoctor(node: ValueNode, tell: Tell): readonly IgnoredFinding[] {
  const ignored: IgnoredFinding[] = [];
  readObject(node, "doctor", tell, {
    ignore: (list) => {
      for (const item of itemsOf(list, "doctor.ignore", tell)) {
        const found: { code?: string | null; file?: string | null; reason?: string | null } = {};
        const text = (name: "code" | "file" | "reason") => (value: ValueNode) => {
          found[name] = textOf(value, tell, "a text");
        };
        readObject(item, "doctor.ignore", tell, {
          code: text("code"),
          file: text("file"),
          reason: text("reason"),
        });
        const { code, file = null, reason } = found;
        if (code === undefined) tell(item, "doctor.ignore needs a code: which finding is it?");
        if (reason === undefined) tell(item, "doctor.ignore needs a reason: why is it no fault here?");
        // A wrong file must not make it hold for all files.
        if (code && reason && !(found.file === null)) ignored.push({ code, file, reason });
      }
    },
  });
  return ignored;
}

function itemsOf(node: ValueNode, what: string, tell: Tell): readonly ValueNode[] {
  if (node.type === "Array") return node.elements.map((element) => element.value);
  tell(node, `${what} has to be a list: [ … ]`);
  return [];
}

function textOf(node: ValueNode, tell: Tell, what: string): string | null {
  if (node.type === "String" && node.value.trim() !== "") return node.value;
  return tell(node, `${what} has to stand here, in quotes`);
}

/** A name of the file in a message of one line. */
function shown(name: string): string {
  return name.replace(/\p{Cc}/gu, " ").slice(0, 60);
}
