import type { Report, ReportAction } from "../report.ts";

/**
 * The run's numbers in Prometheus' text format (version 0.0.4), as gauges of the last run; with `# EOF`, a comment there, it is
 * OpenMetrics too. Labels are kinds, results and codes of causes: a few dozen series, whatever the program.
 */
export function renderPrometheus(report: Report): string {
  const { totals, now } = report;
  const families: Family[] = [
    {
      name: "gocache_why_run_info",
      help: "What ran: always 1.",
      samples: [
        [
          {
            module: now.module ?? "",
            verb: now.args.find((word) => !word.startsWith("-")) ?? "",
            go_version: now.goVersion ?? "",
            goos: now.goos ?? "",
            goarch: now.goarch ?? "",
            baseline: report.baseline.status,
          },
          1,
        ],
      ],
    },
    {
      name: "gocache_why_run_start_timestamp_seconds",
      help: "When the run began.",
      samples: now.startedAt === null ? [] : [[{}, Date.parse(now.startedAt) / 1000]],
    },
    {
      name: "gocache_why_run_exit_status",
      help: "Exit status of the command.",
      samples: now.exitCode === null ? [] : [[{}, now.exitCode]],
    },
    {
      name: "gocache_why_run_busy_seconds",
      help: "Seconds on the clock during which actions ran.",
      samples: totals.wallSeconds === null ? [] : [[{}, totals.wallSeconds]],
    },
    {
      name: "gocache_why_actions",
      help: "Actions by kind and by what came of them: hit, missed, always (Go keeps no result), unknown.",
      samples: kinds.flatMap((kind): Sample[] => {
        const mine = report.actions.filter((action) => action.kind === kind);
        const count = (result: Result) => mine.filter((action) => resultOf(action) === result).length;
        const unknown = count("unknown");
        const { actions, ran } = totals.byKind[kind];
        return [
          [{ kind, result: "hit" }, actions - ran - unknown],
          [{ kind, result: "missed" }, count("missed")],
          [{ kind, result: "always" }, count("always")],
          [{ kind, result: "unknown" }, unknown],
        ];
      }),
    },
    {
      name: "gocache_why_work_seconds",
      help: "Work of the actions that ran: wall time of their processes, added up.",
      samples:
        totals.seconds === null
          ? []
          : kinds.flatMap((kind): Sample[] =>
              (["missed", "always"] as const).map((result) => [
                { kind, result },
                workOf(report.actions.filter((each) => each.kind === kind && resultOf(each) === result)),
              ]),
            ),
    },
    {
      name: "gocache_why_cause_actions",
      help: "Actions that ran for causes of this code; an action with several causes counts for each.",
      samples: byCode(report).map(([code, actions]) => [{ code }, actions.length]),
    },
    {
      name: "gocache_why_cause_work_seconds",
      help: "Work of the actions that ran for causes of this code.",
      samples:
        totals.seconds === null ? [] : byCode(report).map(([code, actions]) => [{ code }, workOf(actions)]),
    },
    {
      name: "gocache_why_unexplained_actions",
      help: "Actions that ran, and no cause was found.",
      samples: [[{}, report.unexplained.length]],
    },
  ];
  return `${families.map(familyText).join("")}# EOF\n`;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

interface Family {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

type Result = "hit" | "missed" | "always" | "unknown";

const kinds = ["build", "link", "vet", "test"] as const;

function resultOf({ verdict }: ReportAction): Result {
  switch (verdict) {
    case "hit":
    case "unknown":
      return verdict;
    case "forced":
    case "not-cacheable":
      return "always";
    default:
      return "missed";
  }
}

/** Milliseconds are what the times are good for. */
function workOf(actions: readonly ReportAction[]): number {
  return Math.round(actions.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0) * 1000) / 1000;
}

function byCode(report: Report): [code: string, actions: readonly ReportAction[]][] {
  const codes = [...new Set(report.causes.map(({ code }) => code))].sort();
  return codes.map((code) => [
    code,
    report.actions.filter(({ causes }) => causes.some((cause) => report.causes[cause]?.code === code)),
  ]);
}

/** A family without samples is left out: a type alone tells nothing. */
function familyText({ name, help, samples }: Family): string {
  if (samples.length === 0) return "";
  const lines = samples.map(([labels, value]) => `${name}${labelsText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
