import type { Evidence } from "../../causes/cause.ts";

/** The evidence word, or how far the proof reaches where some keys came out and others did not: `proven in 877 of 880`. */
export function evidenceText({ kind, keys }: Evidence): string {
  if (kind === "proven" || keys === undefined || keys.proven === 0) return kind;
  return `proven in ${keys.proven} of ${keys.of}`;
}
