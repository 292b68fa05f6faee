import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { oncePerPlace } from "./cache-key.ts";
import { sitesWithCache } from "./scripts.ts";

/** `-ldflags` that hold the time of the build. */
export function ldflagsTime(checkup: Checkup): readonly Sighting[] {
  return oncePerPlace(
    sitesWithCache(checkup).flatMap(({ use }): readonly Sighting[] => {
      const verb = use.command.verb ?? "";
      if (!/^(?:build|install|run|test)$/.test(verb)) return [];
      const word = use.words.find(({ text, calls }, at) => {
        const isValue = /^--?ldflags=/.test(text) || /^--?ldflags$/.test(use.words[at - 1]?.text ?? "");
        return isValue && calls.some(isClock);
      });
      if (word === undefined) return [];
      const call = word.calls.find(isClock)?.join(" ") ?? "date";
      return [
        {
          code: "ldflags-time",
          file: use.file,
          line: use.line,
          values: { call, example: "$(git log -1 --format=%cI)" },
          evidence: use.shown,
        },
      ];
    }),
  );
}

/** `date` without a time that it is given: SOURCE_DATE_EPOCH, a commit's, a file's. */
function isClock(words: readonly string[]): boolean {
  const [name = "", ...rest] = words;
  return (
    /(?:^|\/)g?date$/.test(name) &&
    !rest.some((word) => /^-[a-zA-Z]*[dr]|^--(?:date|reference)|^@/.test(word))
  );
}
