import { isEnv, type KeyRule } from "../rule.ts";
import { writeCgoInfo } from "./cgo-flags.ts";

/** CGO_ENABLED chooses files; only the build info of mains has the value itself. */
export const cgoEnabled: KeyRule = {
  name: "cgo-enabled",
  fits: isEnv("CGO_ENABLED"),
  apply(draft, site) {
    const { cgo } = site.before.context;
    draft.setInfo("CGO_ENABLED", cgo ? "1" : "0");
    writeCgoInfo(draft, site.before, cgo && !draft.has("trimpath"));
    return [draft];
  },
  choosesFiles: true,
};
