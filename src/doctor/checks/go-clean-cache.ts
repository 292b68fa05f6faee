import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { oncePerPlace } from "./cache-key.ts";
import { isCleaning, sitesWithCache } from "./scripts.ts";

/** `go clean -cache` and `-testcache`, outside of what is there to clean up. */
export function goCleanCache(checkup: Checkup): readonly Sighting[] {
  return oncePerPlace(
    sitesWithCache(checkup).flatMap(({ use, where }): readonly Sighting[] => {
      if (use.command.verb !== "clean" || isCleaning(where)) return [];
      if (where.kind === "script" && /clean|purge|reset|uninstall/i.test(use.file)) return [];
      const flag = ["-cache", "-testcache"].find((name) =>
        use.words.some(({ text }) => text.replace(/^--/, "-") === name),
      );
      if (flag === undefined) return [];
      return [
        {
          code: "go-clean-cache",
          file: use.file,
          line: use.line,
          values: { flag, what: flag === "-cache" ? "all that was compiled" : "all test results" },
          evidence: use.shown,
        },
      ];
    }),
  );
}
