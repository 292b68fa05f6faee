import { explain } from "../../src/causes/explain.ts";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import type { RunWithBlocks } from "../../src/model/run.ts";
import { buildReport } from "../../src/report/build-report.ts";
import { parseReport } from "../../src/report/parse-report.ts";
import { renderJson } from "../../src/report/renderers/json.ts";
import { renderMarkdown } from "../../src/report/renderers/markdown.ts";
import { renderTerminal } from "../../src/report/renderers/terminal.ts";
import type { View } from "../../src/report/renderers/view.ts";
import { closedValidator } from "../report/schema.ts";
import { noOutside } from "../scenarios/fixture.ts";
import { hold } from "./target.ts";

const view: View = { width: 80, colour: 0, verbosity: 2, now: new Date(0), all: true };

/**
 * Compares a run that came from anywhere with a recorded one, both ways, and shows what came out in each face.
 * @returns what takes a run, and throws where a report is not as its schema says or can't be shown
 */
export function createReportCheck(recorded: RunWithBlocks): (run: RunWithBlocks) => void {
  const validate = closedValidator("report");
  return (run) => {
    for (const [before, now] of [
      [recorded, run],
      [run, recorded],
    ] as const) {
      const report = buildReport(explain(compareRuns(before, now), noOutside), now.run, {
        version: "0.0.0",
        command: now.run.command,
        exitCode: now.run.exitCode,
        all: true,
        warnings: [],
        baseline: { status: "compared", note: null },
      });
      const json = renderJson(report);
      hold(
        validate(JSON.parse(json)),
        `the report is not as its schema says: ${JSON.stringify(validate.errors)}`,
      );
      const read = parseReport(json);
      hold(!("error" in read), `the report can't be read: ${"error" in read ? read.error : ""}`);
      for (const render of [renderTerminal, renderMarkdown])
        hold(render(report, view) !== "", "nothing to show");
    }
  };
}
