import type { InnocentReason } from "../../causes/innocents.ts";

/** Why a change cost no miss, in a few words: they stand behind a colon. */
export function innocentText(reason: InnocentReason | null): string {
  switch (reason) {
    case "enters-no-key":
      return "it enters no key";
    case "only-tests":
      return "only tests depend on it";
    case "paid-earlier":
      return "paid for by an earlier build";
    case "left-out":
      return "its name or its build constraint leaves it out";
    case "seen-by-c-alone":
      return "no key of this build has it (where C or assembly includes it from elsewhere, Go does not see the change)";
    case "in-no-key-here":
      return "no key of this build has it";
    case null:
      return "why is not known: not all actions could be looked into";
  }
}
