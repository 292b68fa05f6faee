import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { oncePerPlace } from "./cache-key.ts";
import { sitesWithCache, whereText } from "./scripts.ts";

/** Tests of what lies outside: a cached result would be a wrong one. */
const outside =
  /integration|e2e|end-?to-?end|\bacc\b|acceptance|smoke|bench|fuzz|conformance|stress|flak|live|perf|regress/i;

/** `go test -count=1`, where nothing says that the tests look at things that Go does not see. */
export function testCountOne(checkup: Checkup): readonly Sighting[] {
  return oncePerPlace(
    sitesWithCache(checkup).flatMap(({ use, where }): readonly Sighting[] => {
      const { command } = use;
      const flag = (name: string) => command.flags.find((each) => each.name === name)?.value;
      if (command.verb !== "test" || flag("-count") !== "1") return [];
      const isMeant =
        outside.test(`${use.shown} ${use.file} ${whereText(where)}`) ||
        ["-bench", "-fuzz", "-run", "-c", "-exec"].some((name) => flag(name) !== undefined) ||
        [...use.variables.keys()].some((name) => /^TF_ACC|INTEGRATION|E2E/.test(name));
      if (isMeant) return [];
      return [{ code: "test-count-one", file: use.file, line: use.line, values: {}, evidence: use.shown }];
    }),
  );
}
