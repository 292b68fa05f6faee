import { type Place, pathStart, shortenPlaces } from "../../log/hide/places.ts";
import type { Beside } from "../beside.ts";
import type { InputValue } from "../inputs.ts";
import type { Report, ReportCause, ReportInnocent, ReportRun } from "../report.ts";

/** Who made a report, and where: what a stranger need not learn from it. */
export interface Surroundings {
  /** Absolute path of the home directory. */
  readonly home: string | null;
  readonly user: string | null;
  readonly host: string | null;
}

/**
 * Writes `~` for home directories, `$CHECKOUT` for the directory that go ran in, `<user>` and `<host>` for their names in other
 * paths, for a text that is pasted where strangers read it. Where a cause's two values would read the same then (somebody
 * else's home), it stays as it is: the difference is what it is about. It removes this:
 *
 *     1  the checkout moved: /home/jane.doe/src/app → /builds/app
 */
export function hideHomes(report: Report, around: Surroundings = nobody): Report {
  const plain = withoutNames(around, []);
  const directories = [report.before?.directory, report.now.directory].flatMap((path) => path ?? []);
  const text = withoutNames(around, directories);
  const runs = report.runs?.map((run) => hideHomes(run, around));
  return {
    ...report,
    ...(runs === undefined ? {} : { runs }),
    command: report.command.map(text),
    baseline: { ...report.baseline, note: orNull(report.baseline.note, text) },
    before: report.before === null ? null : runWithout(report.before, plain, text),
    now: runWithout(report.now, plain, text),
    causes: report.causes.map((cause) => causeWithout(cause, text)),
    ...(report.innocent === undefined
      ? {}
      : { innocent: report.innocent.map((each) => innocentWithout(each, text)) }),
    ...(report.cacheProgram === undefined
      ? {}
      : {
          cacheProgram: {
            ...report.cacheProgram,
            errors: report.cacheProgram.errors.map((each) => ({ ...each, text: text(each.text) })),
          },
        }),
    warnings: report.warnings.map((warning) => ({ ...warning, message: text(warning.message) })),
  };
}

/** The same of what stands beside a report. */
export function hideHomesBeside(beside: Beside, report: Report, around: Surroundings = nobody): Beside {
  const directories = [report.before?.directory, report.now.directory].flatMap((path) => path ?? []);
  const text = withoutNames(around, directories);
  const details = Object.entries(beside.details).map(([key, detail]) => [
    key,
    {
      ...detail,
      inputs: detail.inputs.map((input) => inputWithout(input, text)),
      proven: typeof detail.proven === "string" ? text(detail.proven) : detail.proven,
    },
  ]);
  return {
    ...beside,
    details: Object.fromEntries(details),
    history: beside.history.map((run) => ({
      ...run,
      args: run.args.map(text),
      causes:
        run.causes?.map((cause) => ({
          ...cause,
          subject: text(cause.subject),
          summary: text(cause.summary),
        })) ?? null,
    })),
  };
}

function inputWithout(value: InputValue, text: Change): InputValue {
  const before = orNull(value.before, text);
  const now = orNull(value.now, text);
  return value.before !== value.now && before === now ? value : { input: text(value.input), before, now };
}

const nobody: Surroundings = { home: null, user: null, host: null };

type Change = (text: string) => string;

const homes = new RegExp(
  `${pathStart}(?:/(?:home|Users)/[^/\\s"'\`:,;]+(?=[/\\s"'\`:,;)]|$)|/root(?=/))`,
  "g",
);

/** An absolute path, as it stands in a text. */
const paths = new RegExp(`${pathStart}/[^\\s"'\`:,;]+`, "g");

function withoutNames(around: Surroundings, directories: readonly string[]): Change {
  const places: Place[] = directories.map((path) => ({ path, name: "$CHECKOUT" }));
  const isHome = around.home !== null && around.home.split("/").length > 2;
  if (isHome) places.push({ path: around.home ?? "", name: "~" });
  const user = isTelling(around.user) ? around.user : null;
  const host =
    isTelling(around.host) && around.host !== around.user
      ? new RegExp(`(?<![\\w.-])${escaped(around.host)}(?![\\w-]|\\.\\w)`, "g")
      : null;
  return (text) => {
    let short = text;
    if (text.includes("/")) {
      short = shortenPlaces(text, places).replace(homes, "~");
      if (user !== null) {
        short = short.replace(paths, (path) =>
          path
            .split("/")
            .map((part) => (part === user ? "<user>" : part))
            .join("/"),
        );
      }
    }
    return host === null ? short : short.replace(host, "<host>");
  };
}

/** The names that machines have by themselves tell nothing, and may be words of a path. */
function isTelling(name: string | null): name is string {
  return name !== null && name.length >= 4 && !common.has(name.toLowerCase());
}

const common = new Set(
  (
    "root user users admin administrator runner build builder builds jenkins gitlab-runner circleci vagrant ubuntu debian " +
    "docker node test tests ec2-user azureuser vscode codespace localhost home main work source module"
  ).split(" "),
);

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function orNull(text: string | null, change: Change): string | null {
  return text === null ? null : change(text);
}

/** The sign in front of a line is none of its text. */
function diffWithout(diff: string, change: Change): string {
  return diff
    .split("\n")
    .map((line) => line.slice(0, 1) + change(line.slice(1)))
    .join("\n");
}

/** The directory that go ran in is what its own field is about. */
function runWithout(run: ReportRun, plain: Change, text: Change): ReportRun {
  return {
    ...run,
    args: run.args.map(text),
    directory: orNull(run.directory, plain),
    gocache: orNull(run.gocache, plain),
  };
}

function innocentWithout(innocent: ReportInnocent, text: Change): ReportInnocent {
  const before = orNull(innocent.before, text);
  const now = orNull(innocent.now, text);
  if (innocent.before !== innocent.now && before === now) return innocent;
  return { ...innocent, subject: text(innocent.subject), before, now, summary: text(innocent.summary) };
}

function causeWithout(cause: ReportCause, text: Change): ReportCause {
  const pairs = [cause, ...cause.changes];
  const isLost = pairs.some(
    ({ before, now }) => before !== now && orNull(before, text) === orNull(now, text),
  );
  if (isLost) return cause;
  return {
    ...cause,
    subject: text(cause.subject),
    before: orNull(cause.before, text),
    now: orNull(cause.now, text),
    summary: text(cause.summary),
    advice: cause.advice === null ? null : { ...cause.advice, text: text(cause.advice.text) },
    evidence: { ...cause.evidence, detail: text(cause.evidence.detail) },
    changes: cause.changes.map((change) => ({
      ...change,
      input: text(change.input),
      before: orNull(change.before, text),
      now: orNull(change.now, text),
      diff: change.diff === null ? null : diffWithout(change.diff, text),
    })),
  };
}
