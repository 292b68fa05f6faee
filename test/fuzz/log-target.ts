import { createHash } from "node:crypto";
import fc from "fast-check";
import { type CollectedLog, createBlockCollector } from "../../src/log/collect-blocks.ts";
import { createHide } from "../../src/log/hide-secrets.ts";
import { digestOf } from "../../src/log/ids.ts";
import type { LogEvent } from "../../src/log/log-event.ts";
import { createLogParser } from "../../src/log/parse-log.ts";
import { createLogScrubber } from "../../src/log/scrub-log.ts";
import { createCommandSplitter } from "../../src/log/split-commands.ts";
import { runOfLog } from "../../src/model/log-run.ts";
import type { Block } from "../../src/model/run.ts";
import { quote } from "../../src/util/go-quote.ts";
import { applyEdits, edit, withRightSums } from "./mutate.ts";
import { hold, isSame, type Target } from "./target.ts";

interface LogCase {
  readonly log: string;
  /** Where the log is cut into chunks, as parts of its length (0–65535). */
  readonly cuts: readonly number[];
}

/** What a CI system puts in front of lines. */
const prefixes = [
  "",
  "2024-05-22T12:43:46.9626461Z ",
  "2024-05-14T11:19:20.000000Z 00O ",
  "2024-05-14T11:19:20.000000000Z stderr F ",
  "\x1b_bk;t=1700000000000\x07",
  "web-1  | ",
];

/** No text has these by chance: the value of an -X, the password of a URL, a token that is known by its shape. */
const secrets = ["Tr0ub4dor&3-x9", "hunter2horse9staple", `ghp_${"a1B2c3D4e5F6".repeat(3)}`] as const;

/** A block with all of them, which hashes to its sum; no other is of its name. */
function secretBlock(): string {
  const name = "link example.com/planted";
  const [value, password, token] = secrets;
  const lines = [
    "go1.26.8",
    "link\n",
    `linkflags ["-X" ${quote(`main.token=${value}`)} "-extldflags" ${quote(`-DKEY=${token}`)}]\n`,
    `modinfo ${quote(`path\texample.com/planted\nbuild\t-ldflags="-X main.token=${value}"\nbuild\tvcs=https://me:${password}@example.com/\n`)}\n`,
  ];
  const sum = createHash("sha256").update(lines.join(""), "latin1").digest("hex");
  const writes = lines.map((line) => `HASH[${name}]: ${quote(line)}\n`).join("");
  return `HASH[${name}]\n${writes}HASH[${name}]: ${sum}\n# ${token} and https://me:${password}@example.com/x\n`;
}

/** Pieces of real logs, changed, behind prefixes, in chunks; `plant`: with a block of secrets put in somewhere. */
function logCases(pieces: readonly string[], plant: boolean): fc.Arbitrary<LogCase> {
  const planted = secretBlock();
  return fc
    .record({
      pieces: fc.array(fc.nat({ max: pieces.length - 1 }), { minLength: 1, maxLength: 2 }),
      edits: fc.array(edit, { maxLength: 6 }),
      isResummed: fc.boolean(),
      prefix: fc.constantFrom("", "", "", ...prefixes),
      carriage: fc.integer({ min: 0, max: 5 }),
      secretAt: fc.nat({ max: 65535 }),
      cuts: fc.array(fc.nat({ max: 65535 }), { maxLength: 12 }),
    })
    .map(({ pieces: chosen, edits, isResummed, prefix, carriage, secretAt, cuts }): LogCase => {
      const changed = applyEdits(chosen.map((at) => pieces[at] ?? "").join(""), edits);
      let log = isResummed ? withRightSums(changed) : changed;
      if (plant) {
        const at = log.lastIndexOf("\n", Math.floor((secretAt / 65536) * log.length)) + 1;
        log = log.slice(0, at) + planted + log.slice(at);
      }
      if (prefix !== "") log = log.replace(/^(?=.)/gm, prefix);
      if (carriage === 1) log = log.replaceAll("\n", "\r\n");
      return { log, cuts: cuts.sort((a, b) => a - b) };
    });
}

/** What the parser and the collectors of blocks make of a log. */
export function parserTarget(pieces: readonly string[]): Target<LogCase> {
  return { name: "parser", share: 26, cases: logCases(pieces, false), check: checkLog };
}

/** What becomes of secrets in a log: in the run that is made of it, and where it is scrubbed. */
export function secretsTarget(pieces: readonly string[]): Target<LogCase> {
  return { name: "secrets", share: 2, cases: logCases(pieces, true), check: checkSecrets };
}

/** The events of a log, and where the parser said that packages are loaded, in their order. */
function parse(log: string, cuts: readonly number[]): readonly (LogEvent | "load")[] {
  const events: (LogEvent | "load")[] = [];
  const parser = createLogParser(
    (event) => events.push(event),
    () => events.push("load"),
  );
  for (const chunk of chunksOf(log, cuts)) {
    parser.push(chunk);
    // What was kept of it has to be a copy.
    chunk.fill(0x58);
  }
  parser.end();
  return events;
}

export function chunksOf(bytes: string, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => Math.floor((cut / 65536) * bytes.length)), bytes.length];
  return places.slice(1).map((end, index) => Buffer.from(bytes.slice(places[index], end), "latin1"));
}

const hide = createHide(Buffer.alloc(32, 5));

function checkLog({ log, cuts }: LogCase): void {
  const { events, whole, parts } = collect(log);
  hold(isSame(parse(log, cuts), events), "other events when the log is cut otherwise");
  hold(parts.length > 0, "no go command at all");
  for (const found of [whole, ...parts]) {
    for (const block of found.blocks.values()) holdVerified(block);
    const size = sizeOf(found);
    hold(size <= 3 * log.length + 50_000, `${log.length} bytes of log became ${size}`);
  }
}

function checkSecrets({ log, cuts }: LogCase): void {
  let hasPlanted = false;
  for (const part of collect(log).parts) {
    const run = runOfLog(part, "case.log", hide);
    if ("error" in run) {
      hold(part.blocks.size === 0, `refused though it has blocks: ${run.error}`);
      continue;
    }
    hasPlanted ||= run.run.actions.some(({ package: name }) => name === "example.com/planted");
    for (const block of run.blocks.values()) holdVerified(block);
    const told = JSON.stringify([run.run, [...run.blocks.values()]]);
    for (const secret of secrets) hold(!told.includes(secret), `${secret} stands in the run`);
  }
  hold(hasPlanted, "the block that was put in whole is not found");
  const scrubbed = scrub(log, []);
  for (const secret of secrets) hold(!scrubbed.includes(secret), `${secret} stands in the scrubbed log`);
  hold(scrub(log, cuts) === scrubbed, "scrubbed otherwise when the log is cut otherwise");
}

function collect(log: string): {
  events: readonly (LogEvent | "load")[];
  whole: CollectedLog;
  parts: readonly CollectedLog[];
} {
  const events = parse(log, []);
  const collector = createBlockCollector({ hideValue: hide });
  const splitter = createCommandSplitter({ hideValue: hide });
  for (const event of events) {
    if (event === "load") splitter.load();
    else {
      collector.take(event);
      splitter.take(event);
    }
  }
  return { events, whole: collector.finish(), parts: splitter.finish() };
}

/** Characters of all that is kept of a log. */
function sizeOf({ blocks, firstSubkey, problems, commands }: CollectedLog): number {
  let size = 84 * (firstSubkey.size + commands.size);
  for (const text of firstSubkey.values()) size += text.length;
  for (const { message } of problems) size += message.length;
  for (const { name, lines } of blocks.values()) {
    size += 64 + name.length;
    for (const line of lines) size += line.length;
  }
  return size;
}

/** No key is called verified whose SHA-256 does not fit, but where a token says that something was hidden. */
function holdVerified({ digest, lines, hidden, name }: Block): void {
  if (!hidden) hold(digestOf(lines.join("")) === digest, `the lines of ${name} do not hash to its key`);
  else
    hold(
      name === "getenv" || name === "testInputs" || /<hidden:/.test(lines.join("")),
      `${name} hides nothing`,
    );
}

function scrub(log: string, cuts: readonly number[]): string {
  let out = "";
  const scrubber = createLogScrubber(hide, (text) => {
    out += text;
  });
  for (const chunk of chunksOf(log, cuts)) scrubber.push(chunk);
  scrubber.end();
  return out;
}
