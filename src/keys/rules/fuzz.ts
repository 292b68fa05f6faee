import { quoteList } from "../../util/go-quote.ts";
import { isFlag, type KeyRule } from "../rule.ts";

/**
 * -fuzz: packages that a fuzz target reaches are instrumented, some of the standard library's excepted
 * (load/test.go and work/init.go fuzzInstrumentFlags, Go 1.21–1.27): of these both answers are tried.
 */
export const fuzz: KeyRule = {
  name: "fuzz",
  fits: isFlag("-fuzz"),
  apply(draft, site) {
    if (draft.kind !== "build") return [draft];
    const plain = draft.copy();
    plain.set("fuzz", null);
    if (site.before.flag("-fuzz") === null) return [plain];
    draft.set("fuzz", `fuzz ${quoteList(["-d=libfuzzer"])}\n`);
    return [draft, plain];
  },
};
