import { whenText } from "../wording/head.ts";
import { bytesText, countText, numberText } from "../wording/numbers.ts";
import { visibleText } from "../wording/values.ts";
import { padEnd, widthOf } from "./terminal/layout.ts";
import type { View } from "./view.ts";

/** What a GOCACHE holds: `gocache-why cache`; field by field as in `schema/cache.schema.json`. */
export interface CacheContent {
  readonly schemaVersion: 1;
  readonly gocache: string;
  readonly entries: number;
  readonly bytes: number;
  /** What Go's next trim will delete, and when the first build comes to it. */
  readonly trimmedNext: { readonly entries: number; readonly bytes: number; readonly at: string };
  readonly families: readonly ListedFamily[];
  /** Null outside a module, and where go could not be asked. */
  readonly thisBuild: { readonly actions: number; readonly wouldHit: number } | null;
}

export interface ListedFamily {
  readonly goVersion: string;
  readonly goos: string;
  readonly goarch: string;
  readonly settings: readonly string[];
  readonly archives: number;
  readonly bytes: number;
  /** RFC 3339, UTC: put times. */
  readonly oldest: string;
  readonly newest: string;
  readonly evidence: "proven" | "observed";
}

export function renderCacheJson(content: CacheContent): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The families of a cache, what will be deleted, and how much of this module's build is there. */
export function renderCache(content: CacheContent, view: View): string {
  const { entries, bytes, families, trimmedNext, thisBuild } = content;
  const path = visibleText(content.gocache);
  if (entries === 0) return `gocache-why: ${path} holds nothing\n`;
  const lines = [`gocache-why: ${path}: ${countText(entries, "entry", "entries")}, ${bytesText(bytes)}`, ""];
  const rows = families.map((family) => [
    `${family.goVersion} ${family.goos}/${family.goarch} ${family.settings.join(" ")}`.trimEnd(),
    countText(family.archives, "archive"),
    bytesText(family.bytes),
    `${whenText(family.oldest, view.now)} – ${whenText(family.newest, view.now)}`,
    family.evidence,
  ]);
  lines.push(...layOut(rows));
  if (rows.length > 0) lines.push("");
  lines.push(
    trimmedNext.entries === 0
      ? "  The next trim deletes nothing."
      : `  The next trim (${whenText(trimmedNext.at, view.now)} or later) deletes ${countText(trimmedNext.entries, "entry", "entries")}, ${bytesText(trimmedNext.bytes)}: not used for 5 days.`,
  );
  if (thisBuild !== null) {
    lines.push(
      `  go build ./... here: ${numberText(thisBuild.wouldHit)} of ${countText(thisBuild.actions, "package")} would be cached.`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function layOut(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_cell, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))));
  return rows.map((row) =>
    `  ${row.map((cell, at) => padEnd(visibleText(cell), widths[at] ?? 0)).join("  ")}`.trimEnd(),
  );
}
