import type { Draft } from "../draft.ts";
import { type OutsideValues, wordsOf } from "../outside-values.ts";
import { isEnv, type KeyRule } from "../rule.ts";

const names = ["CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS"] as const;

/** The variable's words stand before the package's own in the compiler's list; the build info has the text as written. */
export const cgoFlags: KeyRule = {
  name: "cgo-flags",
  fits: isEnv(...names),
  apply(draft, site, { subject }) {
    const words = draft.words(subject);
    if (words !== null) {
      const now = wordsOf(site.now.env(subject));
      if (!now.every((word, index) => words[index] === word)) return [];
      draft.setWords(subject, [...wordsOf(site.before.env(subject)), ...words.slice(now.length)]);
    }
    if (draft.has(`modinfo build ${subject}`)) draft.setInfo(subject, site.before.raw(subject));
    return [draft];
  },
};

/** The four entries stand in the build info only with cgo on and without -trimpath (load/pkg.go, Go 1.20+). */
export function writeCgoInfo(draft: Draft, values: OutsideValues, isShown: boolean): void {
  for (const name of names) {
    if (name !== "CGO_FFLAGS") draft.setInfo(name, isShown ? values.raw(name) : null);
  }
}
