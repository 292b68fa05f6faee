import { cacheFlaws, cacheTraceEnds, exchangeResults } from "../model/cache-trace.ts";
import type { Report } from "./report.ts";

/**
 * A report that was saved as JSON; else one line that says why the text is none. Fields that a later version added are
 * kept, so is a code of cause that is not known here.
 */
export function parseReport(text: string): Report | { error: string } {
  let value: unknown;
  try {
    // A key of this name would become the object's prototype when it is copied.
    value = JSON.parse(text.replace(/^\ufeff/, ""), (key, inside) =>
      key === "__proto__" ? undefined : inside,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    return { error: text.trim() === "" ? "it is empty" : `it is no JSON (${visible(reason ?? "")})` };
  }
  const other = whatElse(value);
  if (other !== null) return { error: other };
  const problem = report(value, "");
  return problem === null
    ? (value as Report)
    : { error: `it is no report of gocache-why: ${visible(problem)}` };
}

function whatElse(value: unknown): string | null {
  if (!isObject(value)) return "it is no report of gocache-why: it is no object";
  const version = own(value, "schemaVersion");
  if (version === undefined) return "it is no report of gocache-why: it has no schemaVersion";
  if (version !== 1) {
    return `it is a report of schemaVersion ${visible(JSON.stringify(version))}; this gocache-why knows 1`;
  }
  for (const [field, name] of others) {
    if (own(value, field) !== undefined && own(value, "totals") === undefined)
      return `it is the JSON of ${name}, not of a report`;
  }
  return null;
}

/** Other JSON of this tool, by a field that a report lacks. */
const others: readonly (readonly [string, string])[] = [
  ["runs", "gocache-why runs"],
  ["package", "gocache-why why or inputs"],
  ["findings", "gocache-why doctor"],
];

/** Says what is wrong with a value, or null. */
type Check = (value: unknown, path: string) => string | null;

const text: Check = (value, path) => (typeof value === "string" ? null : `${path} is no text`);

const flag: Check = (value, path) =>
  typeof value === "boolean" ? null : `${path} is neither true nor false`;

const count: Check = (value, path) =>
  Number.isInteger(value) && (value as number) >= 0 ? null : `${path} is no count`;

const seconds: Check = (value, path) =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? null : `${path} is no time`;

const integer: Check = (value, path) => (Number.isInteger(value) ? null : `${path} is no whole number`);

const orNull =
  (inside: Check): Check =>
  (value, path) =>
    value === null ? null : inside(value, path);

const oneOf =
  (...words: readonly string[]): Check =>
  (value, path) =>
    words.includes(value as string) ? null : `${path} is none of ${words.join(", ")}`;

const list =
  (inside: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return `${path} is no list`;
    for (const [at, item] of value.entries()) {
      const problem = inside(item, `${path}[${at}]`);
      if (problem !== null) return problem;
    }
    return null;
  };

const shape =
  (fields: Readonly<Record<string, Check>>, later: Readonly<Record<string, Check>> = {}): Check =>
  (value, path) => {
    if (!isObject(value)) return `${path === "" ? "it" : path} is no object`;
    for (const [name, inside] of Object.entries(fields)) {
      const place = path === "" ? name : `${path}.${name}`;
      const item = own(value, name);
      const problem = item === undefined ? `${place} is missing` : inside(item, place);
      if (problem !== null) return problem;
    }
    // What reports of older versions lack.
    for (const [name, inside] of Object.entries(later)) {
      const item = own(value, name);
      const problem = item === undefined ? null : inside(item, path === "" ? name : `${path}.${name}`);
      if (problem !== null) return problem;
    }
    return null;
  };

const run = shape({
  id: text,
  startedAt: orNull(text),
  goVersion: orNull(text),
  goos: orNull(text),
  goarch: orNull(text),
  directory: orNull(text),
  module: orNull(text),
  head: orNull(text),
  gocache: orNull(text),
  args: list(text),
  exitCode: orNull(integer),
  source: oneOf("recorded", "imported", "snapshot"),
});

const verdicts = ["hit", "forced", "new", "key-changed", "not-cacheable", "entry-missing", "unknown"];
const kind = shape({ actions: count, ran: count, seconds: orNull(seconds) });

const totals = shape({
  actions: count,
  hit: count,
  ran: count,
  missed: count,
  alwaysRan: count,
  cutOff: count,
  seconds: orNull(seconds),
  wallSeconds: orNull(seconds),
  byVerdict: shape(Object.fromEntries(verdicts.map((verdict) => [verdict, count]))),
  byKind: shape({ build: kind, link: kind, vet: kind, test: kind }),
});

const evidenceKinds = ["proven", "observed", "predicted", "at-most", "inferred"] as const;

const cause = shape(
  {
    code: text,
    class: text,
    subject: text,
    before: orNull(text),
    now: orNull(text),
    origin: orNull(text),
    summary: text,
    advice: orNull(
      shape(
        { text, caution: orNull(text) },
        {
          saves: shape({
            missed: count,
            of: count,
            seconds: orNull(seconds),
            evidence: oneOf(...evidenceKinds),
            with: orNull(text),
          }),
        },
      ),
    ),
    evidence: shape(
      { kind: oneOf(...evidenceKinds), detail: text },
      { keys: shape({ proven: count, of: count }) },
    ),
    packages: list(text),
    direct: count,
    cascade: count,
    exclusive: count,
    seconds: orNull(seconds),
    wallSeconds: orNull(seconds),
    exclusiveSeconds: orNull(seconds),
    changes: list(shape({ input: text, before: orNull(text), now: orNull(text), diff: orNull(text) })),
  },
  { contentInGit: oneOf("committed", "staged", "modified", "untracked") },
);

const action = shape(
  {
    key: text,
    kind: oneOf("build", "link", "vet", "test"),
    package: text,
    variant: orNull(text),
    verdict: oneOf(...verdicts),
    id: orNull(text),
    idBefore: orNull(text),
    seconds: orNull(seconds),
    role: orNull(oneOf("root", "cascade", "both")),
    causes: list(count),
    via: orNull(text),
  },
  { failed: flag },
);

const innocent = shape({
  code: text,
  class: text,
  subject: text,
  before: orNull(text),
  now: orNull(text),
  origin: orNull(text),
  summary: text,
  reason: orNull(text),
});

const traffic = shape({
  requests: count,
  hits: count,
  misses: count,
  errors: count,
  flawed: count,
  unanswered: count,
  bytes: count,
  seconds,
});

const answer = orNull(oneOf(...exchangeResults));

const cacheProgram = shape({
  commands: orNull(list(text)),
  end: oneOf(...cacheTraceEnds),
  status: (value, path) =>
    value === null || typeof value === "string" || Number.isInteger(value) ? null : `${path} is no status`,
  gets: traffic,
  puts: traffic,
  waitSeconds: seconds,
  errors: list(shape({ text, count })),
  slower: list(shape({ key: text, seconds, workSeconds: seconds, run: text })),
  neverPut: list(text),
  lost: list(shape({ key: text, run: text })),
  actions: list(
    shape(
      {
        key: text,
        got: answer,
        gotBytes: count,
        gotSeconds: seconds,
        put: answer,
        putBytes: count,
        putSeconds: seconds,
      },
      { flaw: oneOf(...cacheFlaws) },
    ),
  ),
});

const fields = shape(
  {
    tool: shape({ name: oneOf("gocache-why"), version: text }),
    command: list(text),
    exitCode: orNull(integer),
    baseline: shape({ status: oneOf("compared", "none", "reconstructed"), note: orNull(text) }),
    before: orNull(run),
    now: run,
    totals,
    causes: list(cause),
    causeSets: list(
      shape({ causes: list(count), actions: count, seconds: orNull(seconds) }, { alone: list(count) }),
    ),
    actions: list(action),
    unexplained: list(text),
    warnings: list(shape({ code: text, message: text })),
    redaction: shape({ applied: flag, hidden: count }),
  },
  { innocent: list(innocent), cacheProgram },
);

const report: Check = (value, path) => {
  const problem = fields(value, path) ?? runsOf(value, path);
  if (problem !== null) return problem;
  const { causes, actions, causeSets } = value as Report;
  for (const [name, holders] of [
    ["actions", actions],
    ["causeSets", causeSets],
  ] as const) {
    const at = holders.findIndex((holder) => holder.causes.some((index) => index >= causes.length));
    if (at >= 0) return `${name}[${at}] names a cause that is not there`;
  }
  return null;
};

/** Those of `gocache-why run`; they hold none again. */
const runsOf: Check = (value, path) => {
  const runs = isObject(value) ? own(value, "runs") : undefined;
  if (runs === undefined) return null;
  if (path !== "") return `${path}.runs is in a report of one go command`;
  return list(report)(runs, "runs");
};

function isObject(value: unknown): value is object {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function own(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** One line of what a stranger's file holds. */
function visible(message: string): string {
  return message.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e]/gu, " ").slice(0, 200);
}
