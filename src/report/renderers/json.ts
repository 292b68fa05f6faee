import type { Report } from "../report.ts";

/** The report as JSON for scripts: two spaces, the contract's order of fields, a newline at the end. Nothing is folded. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(ordered(report, reportShape), null, 2)}\n`;
}

/** The order of an object's fields; a nested shape for those whose value is an object or a list of objects. */
interface Shape {
  readonly fields: readonly string[];
  readonly inside?: Readonly<Record<string, Shape>>;
}

const runShape: Shape = {
  fields: [
    "id",
    "startedAt",
    "goVersion",
    "goos",
    "goarch",
    "directory",
    "module",
    "head",
    "gocache",
    "args",
    "exitCode",
    "source",
  ],
};

const kindShape: Shape = { fields: ["actions", "ran", "seconds"] };

const totalsShape: Shape = {
  fields: [
    "actions",
    "hit",
    "ran",
    "missed",
    "alwaysRan",
    "cutOff",
    "seconds",
    "wallSeconds",
    "byVerdict",
    "byKind",
  ],
  inside: {
    byVerdict: {
      fields: ["hit", "forced", "new", "key-changed", "not-cacheable", "entry-missing", "unknown"],
    },
    byKind: {
      fields: ["build", "link", "vet", "test"],
      inside: { build: kindShape, link: kindShape, vet: kindShape, test: kindShape },
    },
  },
};

const causeShape: Shape = {
  fields: [
    "code",
    "class",
    "subject",
    "before",
    "now",
    "origin",
    "summary",
    "advice",
    "evidence",
    "packages",
    "direct",
    "cascade",
    "exclusive",
    "seconds",
    "wallSeconds",
    "exclusiveSeconds",
    "changes",
    "contentInGit",
  ],
  inside: {
    advice: {
      fields: ["text", "caution", "saves"],
      inside: { saves: { fields: ["missed", "of", "seconds", "evidence", "with"] } },
    },
    evidence: { fields: ["kind", "detail", "keys"] },
    changes: { fields: ["input", "before", "now", "diff"] },
  },
};

const actionShape: Shape = {
  fields: [
    "key",
    "kind",
    "package",
    "variant",
    "verdict",
    "id",
    "idBefore",
    "seconds",
    "role",
    "causes",
    "via",
    "failed",
  ],
};

const trafficShape: Shape = {
  fields: ["requests", "hits", "misses", "errors", "flawed", "unanswered", "bytes", "seconds"],
};

const cacheProgramShape: Shape = {
  fields: [
    "commands",
    "end",
    "status",
    "gets",
    "puts",
    "waitSeconds",
    "errors",
    "slower",
    "neverPut",
    "lost",
    "actions",
  ],
  inside: {
    gets: trafficShape,
    puts: trafficShape,
    errors: { fields: ["text", "count"] },
    slower: { fields: ["key", "seconds", "workSeconds", "run"] },
    lost: { fields: ["key", "run"] },
    actions: {
      fields: ["key", "got", "flaw", "gotBytes", "gotSeconds", "put", "putBytes", "putSeconds"],
    },
  },
};

const oneReport: Shape = {
  fields: [
    "schemaVersion",
    "tool",
    "command",
    "exitCode",
    "baseline",
    "before",
    "now",
    "totals",
    "causes",
    "causeSets",
    "actions",
    "unexplained",
    "innocent",
    "cacheProgram",
    "warnings",
    "redaction",
  ],
  inside: {
    tool: { fields: ["name", "version"] },
    baseline: { fields: ["status", "note"] },
    before: runShape,
    now: runShape,
    totals: totalsShape,
    causes: causeShape,
    causeSets: { fields: ["causes", "actions", "seconds", "alone"] },
    actions: actionShape,
    innocent: { fields: ["code", "class", "subject", "before", "now", "origin", "summary", "reason"] },
    cacheProgram: cacheProgramShape,
    warnings: { fields: ["code", "message"] },
    redaction: { fields: ["applied", "hidden"] },
  },
};

const reportShape: Shape = {
  fields: [...oneReport.fields, "runs"],
  inside: { ...oneReport.inside, runs: oneReport },
};

/** A copy with the known fields first and in order; fields that a later version added keep their place behind them. */
function ordered(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, shape));
  if (value === null || typeof value !== "object") return value;
  const source = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const field of new Set([...shape.fields, ...Object.keys(source)])) {
    if (!Object.hasOwn(source, field)) continue;
    const inside = shape.inside?.[field];
    copy[field] = inside === undefined ? source[field] : ordered(source[field], inside);
  }
  return copy;
}
