import { quote } from "../../util/go-quote.ts";
import { isEnv, type KeyRule } from "../rule.ts";
import { writeTools } from "./toolchain.ts";

/** GOEXPERIMENT stands behind each tool's version, in a line of its own and in the build info, and chooses files. */
export const experiment: KeyRule = {
  name: "experiment",
  fits: isEnv("GOEXPERIMENT"),
  apply(draft, site) {
    const value = site.before.env("GOEXPERIMENT");
    writeTools(draft, site.before);
    if (draft.kind !== "vet")
      draft.set("GOEXPERIMENT", value === "" ? null : `GOEXPERIMENT=${quote(value)}\n`);
    draft.setInfo("GOEXPERIMENT", value === "" ? null : value);
    return [draft];
  },
  choosesFiles: true,
};
