import type { CauseFact } from "../../causes/cause.ts";

/** One thing supposed to have been otherwise. `word` is how the user says it: `--trimpath`, `--set CC=gcc`. */
export type Hypothesis = { readonly word: string } & (
  | {
      /** In both runs this flag of go had this value; null: it was not given. */
      readonly kind: "flag";
      /** With its dash: `-race`. */
      readonly name: string;
      readonly value: string | null;
    }
  /** In both runs this variable had this value. */
  | { readonly kind: "variable"; readonly name: string; readonly value: string }
  /** The later run took place where the earlier one did. */
  | { readonly kind: "same-directory" }
  /** No file that a test read had another time. */
  | { readonly kind: "same-mtimes" }
  /** In the later run this was as in the earlier one; `subject` null: whatever it is about. */
  | { readonly kind: "without-cause"; readonly code: string; readonly subject: string | null }
);

/** Supposed as on the command line: `--trimpath`. */
export const trimpathHypothesis: Hypothesis = {
  word: "--trimpath",
  kind: "flag",
  name: "-trimpath",
  value: "true",
};

/** Supposed as on the command line: `--no-vcs`. */
export const noVcsHypothesis: Hypothesis = {
  word: "--no-vcs",
  kind: "flag",
  name: "-buildvcs",
  value: "false",
};

/** Whether a `without-cause` means this cause. */
export function takesAway(hypothesis: Hypothesis, fact: Pick<CauseFact, "code" | "subject">): boolean {
  return (
    hypothesis.kind === "without-cause" &&
    hypothesis.code === fact.code &&
    (hypothesis.subject === null || hypothesis.subject === fact.subject)
  );
}
