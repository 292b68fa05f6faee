import { explain } from "../../causes/explain.ts";
import { compareRuns } from "../../compare/compare-runs.ts";
import type { Hypothesis } from "../../explore/what-if/hypothesis.ts";
import { whatIf as suppose } from "../../explore/what-if/what-if.ts";
import { userEnvironment } from "../../go/environment.ts";
import type { RunWithBlocks } from "../../model/run.ts";
import { renderWhatIf, renderWhatIfJson } from "../../report/renderers/what-if.ts";
import { buildWhatIf, type WhatIfReport } from "../../report/what-if.ts";
import { UsageError } from "../failure.ts";
import { openPair } from "../open-pair.ts";
import { openRuns, type Runs } from "../open-runs.ts";
import type { ReportOptions } from "../options.ts";
import { type RawWhatIf, readHypotheses } from "../read-hypotheses.ts";
import { createEarlierText } from "../record/earlier-text.ts";
import { groundOf } from "../record/ground.ts";
import { createOutside } from "../record/outside.ts";
import { withoutSecrets } from "../say.ts";
import { viewFor } from "../view.ts";
import { writeText } from "../write-text.ts";

export interface WhatIfInput {
  readonly before: string | undefined;
  readonly now: string | undefined;
  readonly raw: RawWhatIf & {
    readonly format: "terminal" | "json";
    readonly verify?: true;
    readonly over?: number;
  };
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Tells what would have missed, had something been otherwise in two runs that are over, or in the last few. */
export async function whatIf(input: WhatIfInput): Promise<number> {
  const { process, options, raw } = input;
  const hypotheses = readHypotheses(raw);
  const runs = openRuns(process, null, options.quiet);
  const view = viewFor(options.output === null ? process.stdout : null, options, process.env);
  const place = { output: options.output, process };
  if (raw.over !== undefined) {
    if (input.before !== undefined || raw.verify === true)
      throw new UsageError("--over tells of the newest runs, and names and verifies none");
    const over = await overRuns(input, raw.over, hypotheses, runs);
    const { renderWhatIfOver, renderWhatIfOverJson } = await import("../../report/renderers/what-if-over.ts");
    const text = raw.format === "json" ? renderWhatIfOverJson(over) : renderWhatIfOver(over, view);
    return writeText(text, { ...place, warnings: runs.history.warnings });
  }
  const { before, now } = await openPair(runs, input.before, input.now, "what-if");
  const report = await supposePair(before, now, hypotheses, input, runs);
  const text = raw.format === "json" ? renderWhatIfJson(report) : renderWhatIf(report, view);
  return writeText(text, { ...place, warnings: runs.history.warnings });
}

/** The newest runs of the module, each with the one that it was compared with. */
async function overRuns(
  input: WhatIfInput,
  asked: number,
  hypotheses: readonly Hypothesis[],
  runs: Runs,
): Promise<import("../../report/what-if-over.ts").WhatIfOver> {
  const { process, version } = input;
  const { buildWhatIfOver } = await import("../../report/what-if-over.ts");
  const { supposedText } = await import("../../report/wording/what-if.ts");
  const { history } = runs;
  const { module } = groundOf(process.cwd(), null, userEnvironment(process.env));
  const reports: WhatIfReport[] = [];
  for (const { id } of history.list(module).slice(0, asked)) {
    const run = history.load(id);
    if (run === null || run.interrupted) continue;
    const now = { run, blocks: history.blocks(run) };
    const before = runs.baselineOf(now);
    if (before !== null) reports.push(await supposePair(before, now, hypotheses, input, runs));
  }
  const told = await Promise.all(hypotheses.map(withoutSecretsIn));
  return buildWhatIfOver(reports, asked, {
    tool: { name: "gocache-why", version },
    hypothesis: told.map(({ word }) => word),
    supposed: supposedText(told),
  });
}

async function supposePair(
  before: RunWithBlocks,
  now: RunWithBlocks,
  hypotheses: readonly Hypothesis[],
  { process, raw, options, version }: WhatIfInput,
  { history }: Runs,
): Promise<WhatIfReport> {
  const env = userEnvironment(process.env);
  const earlierText = createEarlierText(before.run, history, env);
  const outside = createOutside(now.run, earlierText);
  const explanation = explain(compareRuns(before, now), outside);
  const found = suppose(explanation, hypotheses, outside);
  const verification =
    raw.verify === true
      ? await (await import("../verify/verify-what-if.ts")).verifyWhatIf({
          explanation,
          found,
          hypotheses,
          textOf: (content, path) =>
            earlierText(content, path) ?? createEarlierText(now.run, history, env)(content, path),
          here: groundOf(process.cwd(), null, env).modules,
          env,
          stateFolder: history.directory,
          quiet: options.quiet,
          process,
        })
      : { verified: null, warnings: [] };
  return buildWhatIf(explanation, found, {
    version,
    hypotheses: await Promise.all(hypotheses.map(withoutSecretsIn)),
    warnings: [...warningsOf(before, now), ...verification.warnings],
    verified: verification.verified,
  });
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
