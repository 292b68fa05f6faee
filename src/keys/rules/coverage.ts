import { quote } from "../../util/go-quote.ts";
import { isOn } from "../outside-values.ts";
import type { KeyRule } from "../rule.ts";
import { toolId } from "../tool-id.ts";

const flags = ["-cover", "-coverpkg", "-covermode", "-coverprofile"];

/** Counters in packages: a line with the way of counting, and imports that the counters need. */
export const coverage: KeyRule = {
  name: "coverage",
  fits: ({ code, subject }) =>
    code === "coverage-changed" || (code === "flag-changed" && flags.includes(subject)),
  apply(draft, site) {
    const { before } = site;
    const isCovered = flags.some((name) => isOn(before.flag(name)));
    draft.setInfo("-cover", isCovered ? "true" : null);
    if (draft.kind !== "build") return [draft];
    if (!isCovered) {
      draft.set("cover mode", null);
      draft.set("cover tool", null);
      return [draft];
    }
    const mode = before.flag("-covermode") ?? (isOn(before.flag("-race")) ? "atomic" : "set");
    const covered = draft.copy();
    covered.set("cover mode", `cover ${quote(mode)}`);
    covered.set("cover tool", ` ${quote(toolId("cover", before))}\n`);
    // -coverpkg names packages by patterns: both answers are tried.
    const plain = draft.copy();
    plain.set("cover mode", null);
    plain.set("cover tool", null);
    return [covered, plain];
  },
  choosesFiles: true,
};
