import type { CacheFlaw } from "../../model/cache-trace.ts";
import type { Report, ReportCacheProgram, SlowerLookup } from "../report.ts";
import { actionName } from "./names.ts";
import { bytesText, countText, secondsText } from "./numbers.ts";

/** Keys that a short face names of each list. */
const mostNamed = 3;

/**
 * What is told of a traced cache program, a line each: the sums; how it ended, where that was not as it should; then what took longer than
 * the work, what is not there, and what can't be used.
 * @param most names of each list
 */
export function cacheProgramLines({ cacheProgram, now }: Report, most = mostNamed): string[] {
  if (cacheProgram === undefined) return [];
  const { slower, neverPut, lost, errors, gets, actions } = cacheProgram;
  const name = (key: string): string => actionName(key, now.module);
  const late = slower.filter((each) => each.seconds - each.workSeconds >= leastLoss);
  const flawed = actions.filter(({ flaw }) => flaw !== undefined);
  return [
    trafficText(cacheProgram),
    endText(cacheProgram),
    late.length === 0
      ? ""
      : `slower than the work: ${listed(
          late.map((each) => slowerText(each, now.module)),
          most,
          "; ",
        )}`,
    lost.length === 0
      ? ""
      : `put by an earlier run, and gone: ${listed(
          lost.map(({ key }) => name(key)),
          most,
        )}`,
    neverPut.length === 0
      ? ""
      : `asked for, and never put by any run that was traced: ${listed(neverPut.map(name), most)}`,
    flawed.length === 0
      ? ""
      : `answered as there, and not there: ${listed(
          flawed.map(({ key, flaw }) => `${name(key)} (${flawText(flaw)})`),
          most,
        )}`,
    gets.flawed > flawed.length && flawed.length === 0
      ? `${countText(gets.flawed, "answer")} named no output that is there`
      : "",
    errors.length === 0
      ? ""
      : `its errors: ${listed(
          errors.map(({ text, count }) => (count === 1 ? `"${text}"` : `"${text}" (${count} times)`)),
          most,
        )}`,
  ].filter((line) => line !== "");
}

/** What is lost below this is no more than what else the machine does, in seconds. */
const leastLoss = 0.05;

function slowerText({ key, seconds, workSeconds }: SlowerLookup, module: string | null): string {
  const [kind = "", ...name] = actionName(key, module).split(" ");
  const work = kind === "build" ? "compiling" : kind === "test" ? "running the test" : `the ${kind}`;
  return `${name.join(" ")} came in ${shortTime(seconds)}, ${work} takes ${shortTime(workSeconds)}`;
}

function trafficText({ gets, puts, waitSeconds }: ReportCacheProgram): string {
  const told = [
    gets.requests === 0
      ? "no gets"
      : `${countText(gets.requests, "get")} (${parts([
          [gets.hits, "hit", "hits", gets.bytes],
          [gets.misses, "miss", "misses"],
          [gets.errors, "error", "errors"],
          [gets.unanswered, "unanswered", "unanswered"],
        ])})`,
    puts.requests === 0
      ? ""
      : `${countText(puts.requests, "put")} (${parts([
          [puts.requests - puts.errors - puts.unanswered, "stored", "stored", puts.bytes],
          [puts.errors, "error", "errors"],
          [puts.unanswered, "unanswered", "unanswered"],
        ])})`,
    `go waited ${shortTime(waitSeconds)} for it`,
  ];
  return told.filter((part) => part !== "").join(", ");
}

function parts(of: readonly (readonly [number, string, string, number?])[]): string {
  return of
    .filter(([count]) => count > 0)
    .map(([count, one, many, bytes]) => {
      const size = bytes === undefined || bytes === 0 ? "" : ` of ${bytesText(bytes)}`;
      return `${countText(count, one, many)}${size}`;
    })
    .join(", ");
}

function endText({ end, status, commands }: ReportCacheProgram): string {
  const how =
    status === null ? "" : typeof status === "string" ? `, by ${status}` : `, with status ${status}`;
  switch (end) {
    case "closed":
      return commands !== null && !commands.includes("get")
        ? "it takes no gets: nothing can hit"
        : commands !== null && !commands.includes("put")
          ? "it takes no puts: nothing of this run is kept"
          : "";
    case "program-ended":
      return `it ended before go closed it${how}`;
    case "no-answer":
      return "it wrote what is no answer to anything that go asked";
    case "go-ended":
      return "go ended without closing it";
    case "unknown":
      return "the notes stop before the end: the sums are too low";
  }
}

function flawText(flaw: CacheFlaw | undefined): string {
  switch (flaw) {
    case "no-path":
      return "no DiskPath";
    case "other-size":
      return "a file of another size";
    default:
      return "no such file";
  }
}

function listed(texts: readonly string[], most: number, between = ", "): string {
  const more = texts.length - most;
  return `${texts.slice(0, most).join(between)}${more > 0 ? ` and ${more} more` : ""}`;
}

/** `240 ms`, `1.2 s`. */
function shortTime(seconds: number): string {
  if (seconds >= 1) return secondsText(seconds);
  const ms = 1000 * seconds;
  return ms < 1 ? "less than 1 ms" : `${Math.round(ms)} ms`;
}
