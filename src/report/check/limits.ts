import { causeCatalogue } from "../../causes/catalogue.ts";
import type { CauseCode } from "../../causes/cause.ts";

/** `CODE` or `CODE:SUBJECT`, as `--fail-on` and `--allow` have it. */
export interface CauseMatch {
  readonly code: CauseCode;
  /** Null for any. */
  readonly subject: string | null;
}

/** What a gate allows at the most. What is null or empty is no limit. */
export interface Limits {
  /** Actions that missed. */
  readonly maxMissed: number | null;
  /** Work of the actions that missed, in seconds. */
  readonly maxSeconds: number | null;
  /** Percent of hits among hits and misses. */
  readonly minHitRate: number | null;
  /** Causes that must not occur. */
  readonly failOn: readonly CauseMatch[];
  /** Causes that are no offence: an action that has no other does not count as missed. */
  readonly allow: readonly CauseMatch[];
}

export const noLimits: Limits = {
  maxMissed: null,
  maxSeconds: null,
  minHitRate: null,
  failOn: [],
  allow: [],
};

/** `failOn` and `allow` as text; else one line that says what is wrong. */
export function readCauseMatch(text: string): CauseMatch | { error: string } {
  const colon = text.indexOf(":");
  const code = colon < 0 ? text : text.slice(0, colon);
  const subject = colon < 0 ? null : text.slice(colon + 1);
  if (subject === "") return { error: `"${text}" has no subject behind the colon` };
  if (Object.hasOwn(causeCatalogue, code)) return { code: code as CauseCode, subject };
  const near = Object.keys(causeCatalogue).filter((known) =>
    code.split("-").some((word) => word.length > 2 && known.split("-").includes(word)),
  );
  const hint = near.length > 0 ? `; near: ${near.slice(0, 4).join(", ")}` : "";
  return { error: `"${code}" is no code of a cause${hint}` };
}

/** What a number has to be to be a limit of this name; null where it is. */
export function limitProblem(name: "maxMissed" | "maxSeconds" | "minHitRate", value: number): string | null {
  switch (name) {
    case "maxMissed":
      return Number.isInteger(value) && value >= 0 ? null : "is a number of actions: 0, 1, 2, …";
    case "maxSeconds":
      return Number.isFinite(value) && value >= 0 ? null : "is a number of seconds: 90, 0.5, …";
    case "minHitRate":
      // 0.9 is meant as 90 %, and would never fail as a percentage.
      return (value > 1 && value <= 100) || value === 0 ? null : "is a percentage from 0 to 100: 95 for 95 %";
  }
}
