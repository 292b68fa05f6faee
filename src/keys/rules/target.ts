import { isEnv, type KeyRule } from "../rule.ts";
import { writeLevel } from "./arch-level.ts";
import { writeCgoInfo } from "./cgo-flags.ts";
import { effectiveMode, writeModes } from "./modes.ts";

/** GOOS and GOARCH, and the defaults that move with them: cgo, the architecture's level, the files. */
export const target: KeyRule = {
  name: "target",
  fits: isEnv("GOOS", "GOARCH"),
  apply(draft, site) {
    const { goos, goarch, cgo } = site.before.context;
    if (draft.has("buildmode")) draft.set("goos", ` goos ${goos}`);
    else draft.set("goos", `goos ${goos}`);
    draft.set("goarch", ` goarch ${goarch}\n`);
    draft.setInfo("GOOS", goos);
    draft.setInfo("GOARCH", goarch);
    draft.setInfo("CGO_ENABLED", cgo ? "1" : "0");
    writeCgoInfo(draft, site.before, cgo && !draft.has("trimpath"));
    writeLevel(draft, site.before);
    // Some systems have position-independent programs by default.
    writeModes(draft, site.before);
    if (draft.kind === "link") draft.set("link buildmode", ` ${effectiveMode(site.before)}\n`);
    return [draft];
  },
  choosesFiles: true,
};
