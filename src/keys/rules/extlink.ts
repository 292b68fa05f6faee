import { isEnv, type KeyRule } from "../rule.ts";

export const extlink: KeyRule = {
  name: "extlink",
  fits: isEnv("GO_EXTLINK_ENABLED"),
  apply(draft, site) {
    if (draft.kind === "link")
      draft.set("GO_EXTLINK_ENABLED", `GO_EXTLINK_ENABLED=${site.before.env("GO_EXTLINK_ENABLED")}\n`);
    return [draft];
  },
};
