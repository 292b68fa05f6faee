import { quote } from "../../util/go-quote.ts";
import type { Draft } from "../draft.ts";
import type { OutsideValues } from "../outside-values.ts";
import { isCode, type KeyRule } from "../rule.ts";
import { toolId } from "../tool-id.ts";
import { writeGodebug } from "./godebug.ts";

/** Another Go: its version begins every key and stands in the IDs of its tools; its standard library has other files. */
export const toolchain: KeyRule = {
  name: "toolchain",
  fits: isCode("toolchain-changed"),
  apply(draft, site) {
    const { before } = site;
    draft.set("salt", before.goVersion);
    writeTools(draft, before);
    if (draft.has("GOROOT")) {
      const trimmed = before.release <= 22 ? "$GOROOT" : "";
      draft.set("GOROOT", `GOROOT=${draft.has("trimpath") ? trimmed : before.goroot}\n`);
    }
    return writeGodebug(draft, site);
  },
  choosesFiles: true,
};

export function writeTools(draft: Draft, values: OutsideValues): void {
  const set = (input: string, text: string): void => {
    if (draft.has(input)) draft.set(input, text);
  };
  set("compile tool", `compile ${toolId("compile", values)}`);
  set("link tool", `link ${toolId("link", values)}`);
  set("asm tool", `asm ${quote(toolId("asm", values))}`);
  set("vet tool", `vet ${quote(toolId("vet", values))}\n`);
  set("cgo tool", `cgo ${quote(toolId("cgo", values))}\n`);
  const cover = draft.text("cover tool");
  if (cover !== null) draft.set("cover tool", ` ${quote(toolId("cover", values))}\n`);
}
