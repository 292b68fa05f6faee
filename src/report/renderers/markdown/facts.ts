import type { Report, ReportRun } from "../../report.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { codeSpan } from "./escape.ts";
import { markdownTable } from "./table.ts";

/** What was compared, folded: run, time, command, Go, platform, module, commit. What is the same on both sides stands once. */
export function factsText(report: Report): string {
  const { before, now } = report;
  const rows = facts.flatMap(([name, read]) => {
    const left = before === null ? null : read(before);
    const right = read(now);
    if (left === null && right === null) return [];
    if (before === null) return [[name, right ?? "not known"]];
    return [[name, left ?? "not known", left === right ? "same" : (right ?? "not known")]];
  });
  const columns =
    before === null
      ? ([
          ["", "left"],
          ["this run", "left"],
        ] as const)
      : ([
          ["", "left"],
          ["before", "left"],
          ["now", "left"],
        ] as const);
  const table = markdownTable(columns, rows);
  const title = before === null ? "The run" : "The two runs";
  const tool = `gocache-why ${visibleText(report.tool.version)}`.slice(0, 60);
  return `<details>\n<summary>${title}</summary>\n\n${table.head}${table.rows.join("")}\nMade with ${codeSpan(tool)}.\n\n</details>\n`;
}

const facts: readonly (readonly [string, (run: ReportRun) => string | null])[] = [
  ["run", (run) => code(run.id)],
  ["started", (run) => code(run.startedAt === null ? null : secondText(run.startedAt))],
  ["command", (run) => (run.args.length === 0 ? null : code(`go ${run.args.join(" ")}`))],
  ["exit status", (run) => (run.exitCode === null ? null : String(run.exitCode))],
  ["Go", (run) => code(run.goVersion)],
  [
    "platform",
    (run) => (run.goos === null || run.goarch === null ? null : code(`${run.goos}/${run.goarch}`)),
  ],
  ["module", (run) => code(run.module)],
  ["commit", (run) => code(run.head)],
  [
    "source",
    (run) => (run.source === "recorded" ? null : run.source === "imported" ? "a log" : "a snapshot"),
  ],
];

function code(text: string | null): string | null {
  return text === null || text === "" ? null : codeSpan(shortenMiddle(visibleText(text), 300));
}

/** `2026-11-21 14:02:33 UTC` */
function secondText(startedAt: string): string {
  const then = new Date(startedAt);
  return Number.isNaN(then.getTime())
    ? startedAt
    : `${then.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
