import type { Draft } from "../draft.ts";
import { isOn, wordsOf } from "../outside-values.ts";
import { isFlag, type KeyRule } from "../rule.ts";

/** -gcflags and -asmflags: for the packages that their patterns match, and the build info of every main. */
export const compileFlags: KeyRule = {
  name: "compile-flags",
  fits: isFlag("-gcflags", "-asmflags"),
  apply(draft, site, { subject }) {
    const value = site.before.flag(subject);
    draft.setInfo(subject, value === null || value === "" ? null : value);
    return withFlags(draft, subject === "-gcflags" ? "compile flags" : "asm flags", value);
  },
};

/** -ldflags: a program's link; its build info too, but not under -trimpath (Go 1.20+). */
export const linkFlags: KeyRule = {
  name: "link-flags",
  fits: isFlag("-ldflags"),
  apply(draft, site) {
    const value = site.before.flag("-ldflags");
    draft.setInfo(
      "-ldflags",
      value === null || value === "" || isOn(site.before.flag("-trimpath")) ? null : value,
    );
    return withFlags(draft, "linkflags", value);
  },
};

/** A pattern decides whether the flags are for this package: both answers are tried, but `all` leaves only one. */
function withFlags(draft: Draft, input: string, value: string | null): readonly Draft[] {
  if (!draft.has(input)) return [draft];
  const text = (value ?? "").trim();
  const pattern = /^([^-\s"'=]*)=(.*)$/s.exec(text);
  const words = wordsOf(pattern === null ? text : (pattern[2] ?? ""));
  const without = draft.copy();
  draft.setWords(input, words);
  without.setWords(input, []);
  return words.length === 0 || pattern?.[1] === "all" ? [draft] : [draft, without];
}
