import { isOn } from "../outside-values.ts";
import { isFlag, type KeyRule } from "../rule.ts";
import { writeCgoInfo } from "./cgo-flags.ts";
import { isStandard, writeDirectory } from "./directory.ts";
import { pathsOf, shownProfile } from "./profile.ts";

/** -trimpath: modules in the place of directories, no GOROOT in links, no paths in the build info. */
export const trimpath: KeyRule = {
  name: "trimpath",
  fits: isFlag("-trimpath"),
  apply(draft, site) {
    const { before } = site;
    const isTrimmed = isOn(before.flag("-trimpath"));
    draft.set("trimpath", isTrimmed ? "trimpath\n" : null);
    draft.setInfo("-trimpath", isTrimmed ? "true" : null);
    const ldflags = before.flag("-ldflags");
    if (ldflags !== null) draft.setInfo("-ldflags", isTrimmed ? null : ldflags);
    writeCgoInfo(draft, before, before.context.cgo && !isTrimmed);
    if (draft.has("GOROOT")) {
      const trimmed = before.release <= 22 ? "$GOROOT" : "";
      draft.set("GOROOT", `GOROOT=${isTrimmed ? trimmed : before.goroot}\n`);
    }
    if (draft.kind !== "build" || isStandard(draft)) return [draft];
    const placed = writeDirectory(draft, site);
    for (const each of placed) {
      const [path] = each.has("modinfo build -pgo") ? pathsOf(each, site, null) : [];
      if (path !== undefined) each.setInfo("-pgo", shownProfile(path, before));
    }
    return placed;
  },
};
