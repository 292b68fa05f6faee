import type { Draft } from "./draft.ts";
import type { NamedCause, ProofSite } from "./site.ts";

/** How Go writes what one kind of cause changes, in every place where it stands in a key. */
export interface KeyRule {
  readonly name: string;
  /** Whether the cause is of this kind. */
  readonly fits: (cause: NamedCause) => boolean;
  /**
   * Writes the earlier outside value into a draft of the inputs. Gives the draft, several where the outside leaves a few
   * possibilities (the digest decides), none where the earlier value is not known.
   */
  readonly apply: (draft: Draft, site: ProofSite, cause: NamedCause) => readonly Draft[];
  /** It may choose other files: where the lines alone do not give the key, the package is read again. */
  readonly choosesFiles?: boolean;
}

export function isEnv(...names: readonly string[]): KeyRule["fits"] {
  return (cause) => cause.code === "env-changed" && names.includes(cause.subject);
}

export function isFlag(...names: readonly string[]): KeyRule["fits"] {
  return (cause) => cause.code === "flag-changed" && names.includes(cause.subject);
}

export function isCode(...codes: readonly string[]): KeyRule["fits"] {
  return (cause) => codes.includes(cause.code);
}
