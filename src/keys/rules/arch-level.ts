import { levelVariable } from "../../model/go-release.ts";
import type { Draft } from "../draft.ts";
import type { OutsideValues } from "../outside-values.ts";
import { isEnv, type KeyRule } from "../rule.ts";

const names = [
  "GO386",
  "GOAMD64",
  "GOARM",
  "GOARM64",
  "GOMIPS",
  "GOMIPS64",
  "GOPPC64",
  "GORISCV64",
  "GOWASM",
];

export const archLevel: KeyRule = {
  name: "arch-level",
  fits: isEnv(...names),
  apply(draft, site) {
    writeLevel(draft, site.before);
    return [draft];
  },
  choosesFiles: true,
};

/** `GOAMD64=v1`; `=` alone on architectures without levels. */
export function writeLevel(draft: Draft, values: OutsideValues): void {
  const name = levelVariable(values.context.goarch);
  const value = name === null ? "" : values.env(name);
  for (const input of draft.inputs()) {
    if (input.startsWith("arch level")) draft.set(input, `${name ?? ""}=${value}\n`);
    else if (
      /^modinfo build GO\w+$/.test(input) &&
      names.includes(input.slice(14)) &&
      input.slice(14) !== name
    ) {
      draft.setInfo(input.slice(14), null);
    }
  }
  if (name !== null) draft.setInfo(name, value === "" ? null : value);
}
