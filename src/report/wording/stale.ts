import { actionName, listText } from "./names.ts";
import { visibleText } from "./values.ts";

/** A file that no key has changed: `include/x.h changed, and no key has it: internal/native is as it was compiled before …`. */
export function staleText(file: string, keys: readonly string[], module: string | null): string {
  const names = keys.map((key) => visibleText(actionName(key, module).replace(/^build /, "")));
  const rest = `${listText(names)} ${names.length === 1 ? "is" : "are"} still what was compiled before; go build -a compiles anew`;
  return `${visibleText(file)} changed, and Go has it in no key: ${rest}`;
}
