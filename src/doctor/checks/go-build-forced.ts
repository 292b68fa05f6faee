import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { oncePerPlace } from "./cache-key.ts";
import { sitesWithCache } from "./scripts.ts";

/** `go build -a`. */
export function goBuildForced(checkup: Checkup): readonly Sighting[] {
  return oncePerPlace(
    sitesWithCache(checkup).flatMap(({ use }): readonly Sighting[] => {
      if (!use.command.force) return [];
      return [
        {
          code: "go-build-forced",
          file: use.file,
          line: use.line,
          values: { command: `go ${use.command.verb}` },
          evidence: use.shown,
        },
      ];
    }),
  );
}
