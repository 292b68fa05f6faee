import { writeFileSync } from "node:fs";
import { homedir, hostname, userInfo } from "node:os";
import { resolve } from "node:path";
import { loadRenderer } from "../../report/renderers/index.ts";
import type { Report } from "../../report/report.ts";
import { hideHomes } from "../../report/transforms/hide-homes.ts";
import { showValues } from "../../report/transforms/show-values.ts";
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
  const shown = options.shown === null ? report : showValues(report, options.shown);
  const text = render(
    forReaders(shown, options.format),
    viewFor(options.output === null ? stream : null, options, process.env),
  );
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

/** Every face but that of the user's own terminal is made to be passed on: it does not tell who made it and where. */
export function forReaders(report: Report, format: string): Report {
  return format === "terminal"
    ? report
    : hideHomes(report, { home: homedir(), user: userName(), host: hostname() });
}

/** Null for a user that the system has no entry of, as in containers. */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
