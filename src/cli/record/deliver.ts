import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadRenderer } from "../../report/renderers/index.ts";
import type { Report } from "../../report/report.ts";
import type { ReportOptions } from "../options.ts";
import { viewFor } from "../view.ts";

/**
 * Puts a report where it was asked for: the file of --output, else the stream.
 * @returns what went wrong, in one line; null where nothing did
 */
export async function deliver(
  report: Report,
  options: ReportOptions,
  stream: NodeJS.WriteStream,
  process: NodeJS.Process,
): Promise<string | null> {
  const render = await loadRenderer(options.format);
  const text = render(report, viewFor(options.output === null ? stream : null, options, process.env));
  if (options.output === null) {
    stream.write(text);
    return null;
  }
  const path = resolve(process.cwd(), options.output);
  try {
    writeFileSync(path, text);
    return null;
  } catch (error) {
    return `the report could not be written to ${options.output}: ${(error as NodeJS.ErrnoException).code ?? error}`;
  }
}
