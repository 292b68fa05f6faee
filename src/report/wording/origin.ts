import { causeCatalogue } from "../../causes/catalogue.ts";
import type { CauseCode } from "../../causes/cause.ts";
import type { Origin } from "../../model/run.ts";

/** Where a setting was made, where that is news: nobody needs to be told that a file lies in the file system. */
export function originText(cause: { code: CauseCode; origin: Origin | null }): string | null {
  switch (cause.origin) {
    case "command line":
    case "GOFLAGS":
    case "environment":
    case "go env file":
    case "go.work":
      return cause.origin;
    case "go.mod":
      return Object.hasOwn(causeCatalogue, cause.code) && causeCatalogue[cause.code].class === "module"
        ? null
        : cause.origin;
    case "file system":
    case "git":
    case "cache":
    case "C toolchain":
    case null:
      return null;
  }
}
