import { isFlag, type KeyRule } from "../rule.ts";
import { writeVetFlags } from "./vet-flags.ts";

/** -tags chooses files; the build info of mains repeats it, joined by commas. */
export const tags: KeyRule = {
  name: "tags",
  fits: isFlag("-tags"),
  apply(draft, site) {
    const list = (site.before.flag("-tags") ?? "").split(/[ ,]+/).filter((tag) => tag !== "");
    draft.setInfo("-tags", list.length === 0 ? null : list.join(","));
    return writeVetFlags(draft, site) ? [draft] : [];
  },
  choosesFiles: true,
};
