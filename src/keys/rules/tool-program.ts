import { isFlag, type KeyRule } from "../rule.ts";
import { writeTools } from "./toolchain.ts";

/**
 * -toolexec stands before every tool and -vettool in vet's place: the ID of a tool is what it says of itself through them.
 * Asked of the earlier program, it was recorded beside the earlier run.
 */
export const toolProgram: KeyRule = {
  name: "tool-program",
  fits: (cause) => cause.code === "tool-changed" || isFlag("-toolexec", "-vettool")(cause),
  apply(draft, site) {
    const { before } = site;
    const isWrapped = before.flag("-toolexec") !== null || before.flag("-vettool") !== null;
    if (isWrapped && Object.keys(before.tools).length === 0) return [];
    writeTools(draft, before);
    return [draft];
  },
};
