import { isEnv, type KeyRule } from "../rule.ts";

/** Variables for work on the compiler itself: a line of each that is set (work/exec.go, Go 1.21–1.27). */
export const magic: KeyRule = {
  name: "magic",
  fits: isEnv("GOCLOBBERDEADHASH", "GOSSAFUNC", "GOSSADIR", "GOCOMPILEDEBUG"),
  apply(draft, site, { subject }) {
    if (draft.kind !== "build") return [draft];
    const value = site.before.env(subject);
    draft.set(`magic ${subject}`, value === "" ? null : `magic ${subject}=${value}\n`);
    return [draft];
  },
};
