import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseReport } from "../../report/parse-report.ts";
import { UsageError } from "../failure.ts";
import type { ReportOptions } from "../options.ts";
import { deliver } from "../record/deliver.ts";

export interface ReportInput {
  /** A file with a report as JSON; `-` for stdin. */
  readonly file: string;
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
}

/** Shows a saved report in another format. */
export async function report(input: ReportInput): Promise<number> {
  const { file, options, process } = input;
  const found = parseReport(readText(file, process));
  if ("error" in found) throw new UsageError(`${file}: ${found.error}`, 1);
  const problem = await deliver(found, options, process.stdout, process);
  if (problem === null) return 0;
  process.stderr.write(`gocache-why: ${problem}\n`);
  return 1;
}

function readText(file: string, process: NodeJS.Process): string {
  try {
    return readFileSync(file === "-" ? 0 : resolve(process.cwd(), file), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === "ENOENT" ? `there is no file ${file}` : `${file} can't be read: ${code ?? error}`,
      1,
    );
  }
}
