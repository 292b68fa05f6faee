import { diagnose } from "../../src/doctor/diagnose.ts";
import type { Finding } from "../../src/doctor/finding.ts";
import { readCheckout } from "../../src/doctor/read/checkout.ts";

/** Files of a checkout by name. */
export type Tree = Readonly<Record<string, string>>;

/** What doctor finds in a checkout, without the machine and the history. */
export function examine(tree: Tree): readonly Finding[] {
  const files = Object.keys(tree).sort();
  const readText = (path: string) => tree[path] ?? null;
  return diagnose(
    readCheckout({ files, readText, readHead: (path) => readText(path)?.slice(0, 8192) ?? null }),
    null,
  );
}
