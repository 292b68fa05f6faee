import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseReport } from "../report/parse-report.ts";
import type { Report } from "../report/report.ts";
import { UsageError } from "./failure.ts";

/** A report that `--format json` wrote; `-` for stdin. Throws a `UsageError` of one line where it is none. */
export function readReport(file: string, process: NodeJS.Process): Report {
  const found = parseReport(readText(file, process));
  if ("error" in found) throw new UsageError(`${file}: ${found.error}`, 1);
  return found;
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
