import { explain } from "../../causes/explain.ts";
import { compareRuns } from "../../compare/compare-runs.ts";
import type { Hypothesis } from "../../explore/what-if/hypothesis.ts";
import { whatIf as suppose } from "../../explore/what-if/what-if.ts";
import { userEnvironment } from "../../go/environment.ts";
import type { RunWithBlocks } from "../../model/run.ts";
import { renderWhatIf, renderWhatIfJson } from "../../report/renderers/what-if.ts";
import { buildWhatIf } from "../../report/what-if.ts";
import { openPair } from "../open-pair.ts";
import { openRuns } from "../open-runs.ts";
import type { ReportOptions } from "../options.ts";
import { type RawWhatIf, readHypotheses } from "../read-hypotheses.ts";
import { createEarlierText } from "../record/earlier-text.ts";
import { createOutside } from "../record/outside.ts";
import { withoutSecrets } from "../say.ts";
import { viewFor } from "../view.ts";
import { writeText } from "../write-text.ts";

export interface WhatIfInput {
  readonly before: string | undefined;
  readonly now: string | undefined;
  readonly raw: RawWhatIf & { readonly format: "terminal" | "json" };
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Tells what would have missed, had something been otherwise in two runs that are over. */
export async function whatIf(input: WhatIfInput): Promise<number> {
  const { process, options, raw } = input;
  const hypotheses = readHypotheses(raw);
  const runs = openRuns(process, null, options.quiet);
  const { before, now } = await openPair(runs, input.before, input.now, "what-if");
  const earlierText = createEarlierText(before.run, runs.history, userEnvironment(process.env));
  const outside = createOutside(now.run, earlierText);
  const explanation = explain(compareRuns(before, now), outside);
  const report = buildWhatIf(explanation, suppose(explanation, hypotheses, outside), {
    version: input.version,
    hypotheses: await Promise.all(hypotheses.map(withoutSecretsIn)),
    warnings: warningsOf(before, now),
    verified: null,
  });
  const view = viewFor(options.output === null ? process.stdout : null, options, process.env);
  const text = raw.format === "json" ? renderWhatIfJson(report) : renderWhatIf(report, view);
  return writeText(text, { output: options.output, warnings: runs.history.warnings, process });
}

/** What is supposed is told in the user's own words. */
async function withoutSecretsIn(hypothesis: Hypothesis): Promise<Hypothesis> {
  return { ...hypothesis, word: await withoutSecrets(hypothesis.word) };
}

function warningsOf(before: RunWithBlocks, now: RunWithBlocks): readonly { code: string; message: string }[] {
  const logs = [before, now].filter(({ run }) => Object.keys(run.settings.env).length === 0);
  return logs.map(({ run }) => ({
    code: "what-if-log",
    message: `run ${run.id} comes from a log, which does not tell settings and directories: what would follow from them is not known`,
  }));
}
