import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { renderNdjson } from "../../report/renderers/ndjson.ts";
import { renderPrometheus } from "../../report/renderers/prometheus.ts";
import type { Report } from "../../report/report.ts";
import type { ReportOptions } from "../options.ts";
import { forReaders } from "./deliver.ts";
import { sinksOf } from "./sinks.ts";

/**
 * Puts a run's numbers where they were asked for: metrics in the place of those of the run before, rows behind the rows of earlier
 * runs.
 * @param directory where go ran
 * @returns what went wrong, each in one line
 */
export async function writeSinks(
  report: Report,
  options: ReportOptions,
  directory: string,
  process: NodeJS.Process,
): Promise<readonly string[]> {
  const { prometheus, ndjson, problems } = await sinksOf(options, process.env, directory, process.cwd());
  const told = [...problems];
  const shown = prometheus === null && ndjson === null ? report : forReaders(report, "json");
  if (prometheus !== null) {
    const problem = attempt(() => replaceFile(prometheus, renderPrometheus(shown)));
    if (problem !== null) told.push(`the metrics could not be written to ${prometheus}: ${problem}`);
  }
  if (ndjson !== null) {
    const rows = (shown.runs ?? [shown]).map(renderNdjson).join("");
    const problem = attempt(() => appendFileSync(ndjson, rows));
    if (problem !== null) told.push(`the rows could not be written to ${ndjson}: ${problem}`);
  }
  return told;
}

/** Whoever reads it at the same time sees the old text or the new one, and never a part. */
export function replaceFile(path: string, text: string): void {
  const fresh = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    writeFileSync(fresh, text);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function attempt(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code ?? error);
  }
}
