import { quote, quoteList } from "../../util/go-quote.ts";
import type { Draft } from "../draft.ts";
import { type OutsideValues, wordsOf } from "../outside-values.ts";
import { isEnv, type KeyRule } from "../rule.ts";
import type { NamedCause } from "../site.ts";

const names = ["CC", "CXX", "FC"] as const;

/** `CC=["gcc"]` and the line that this program prints about itself. */
export const compilerCommand: KeyRule = {
  name: "c-compiler-command",
  fits: isEnv(...names),
  apply(draft, site, { subject }) {
    if (draft.has(subject)) draft.set(subject, `${subject}=${quoteList(wordsOf(site.before.env(subject)))}`);
    return withId(draft, subject, site.before);
  },
};

export const compilerVersion: KeyRule = {
  name: "c-compiler-version",
  fits: (cause: NamedCause) => cause.code === "c-compiler-changed",
  apply: (draft, site, { subject }) => withId(draft, subject, site.before),
};

/** Where the earlier program's line is not recorded, it may be the present one. */
function withId(draft: Draft, name: string, values: OutsideValues): readonly Draft[] {
  const line = values.compilers[name];
  if (line === undefined || !draft.has(`${name} id`)) return [draft];
  const other = draft.copy();
  other.set(`${name} id`, `${name} ID=${quote(line)}\n`);
  return [other, draft];
}
