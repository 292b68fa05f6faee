import { openCache } from "../../go/cache.ts";
import type { CacheNames } from "../../go/cache-names.ts";
import { testIdOf } from "../../keys/test-key.ts";
import type { Run } from "../../model/run.ts";
import { countText } from "../../report/wording/numbers.ts";

/** More names than these are counted. */
const mostNamed = 4;

/**
 * Go stores what a test read under its binary and flags alone. Where that was there before the run, a result was kept of the same binary
 * under the same flags, so that a variable or a file was otherwise: which, and how, the keys don't tell.
 * @returns a sentence without a full stop; null where there is no such test
 */
export function storedTestLogs(run: Run, names: CacheNames): string | null {
  if (run.gocache === null || run.startedAt === null) return null;
  const cache = openCache(run.gocache);
  const startMs = Date.parse(run.startedAt);
  const variables = new Set<string>();
  let tests = 0;
  let files = 0;
  for (const { kind, outcome, test } of run.actions) {
    const kept = test?.kept ?? null;
    if (kind !== "test" || outcome !== "ran" || kept === null || test?.expired === true) continue;
    const { salt, binary, args, inputs } = kept;
    const id = testIdOf({ salt, binary, args, exec: [] });
    // This run has stored it again, in the same file.
    if (!names.keys.has(id) || !cache.indexedBefore(id, startMs)) continue;
    tests++;
    for (const input of inputs) {
      if (input.kind === "env") variables.add(input.name);
      else files++;
    }
  }
  if (tests === 0) return null;
  const shown = [...variables].sort();
  const more = shown.length > mostNamed ? ` and ${shown.length - mostNamed} more` : "";
  const read = [
    ...(shown.length === 0 ? [] : [`variables (${shown.slice(0, mostNamed).join(", ")}${more})`]),
    ...(files === 0 ? [] : ["files"]),
  ].join(" and ");
  const whose = tests === 1 ? "1 test package that ran" : `${countText(tests, "test package")} that ran`;
  return `of ${whose} the cache has an earlier result of the same binary under the same flags: ${read === "" ? "what was read" : read} that ${tests === 1 ? "it reads" : "they read"} had another value or state then, unless that result was deleted`;
}
