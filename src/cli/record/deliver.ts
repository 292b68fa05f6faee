import { mkdirSync, writeFileSync } from "node:fs";
import { homedir, hostname, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { userEnvironment } from "../../go/environment.ts";
import type { Beside } from "../../report/beside.ts";
import { loadRenderer, showsBeside } from "../../report/renderers/index.ts";
import type { Report } from "../../report/report.ts";
import { hideHomes, hideHomesBeside, type Surroundings } from "../../report/transforms/hide-homes.ts";
import { showTokens, showValues } from "../../report/transforms/show-values.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import type { ReportOptions } from "../options.ts";
import { say } from "../say.ts";
import { viewFor } from "../view.ts";

/**
 * Puts a report where it was asked for: the file of --output, else the stream; with --open into a file that is shown.
 * @param beside what a page shows beside it, where the caller has it; else the history is asked
 * @returns what went wrong, in one line; null where nothing did
 */
export async function deliver(
  report: Report,
  options: ReportOptions,
  stream: NodeJS.WriteStream,
  process: NodeJS.Process,
  beside?: () => Promise<Beside | null>,
): Promise<string | null> {
  const render = await loadRenderer(options.format);
  const shown = options.shown === null ? report : showValues(report, options.shown);
  const view = viewFor(options.output === null ? stream : null, options, process.env);
  const found = showsBeside(options.format) ? await besideOf(report, options, process, beside) : null;
  const text = render(forReaders(shown, options.format), found === null ? view : { ...view, beside: found });
  if (options.output === null && !options.open) {
    stream.write(text);
    return null;
  }
  const name = options.output ?? pageOf(process);
  const path = resolve(process.cwd(), name);
  try {
    writeFileSync(path, text, options.output === null ? { mode: 0o600 } : {});
  } catch (error) {
    return `the report could not be written to ${name}: ${(error as NodeJS.ErrnoException).code ?? error}`;
  }
  if (options.open) {
    const { openInBrowser } = await import("../open-in-browser.ts");
    const isOpen = await openInBrowser(path, process);
    await say(
      process,
      isOpen ? `the report is ${path}` : `there is no program to open a page with; it is ${path}`,
    );
  }
  return null;
}

/** A page that fails to be fuller is a page still. */
async function besideOf(
  report: Report,
  options: ReportOptions,
  process: NodeJS.Process,
  given?: () => Promise<Beside | null>,
): Promise<Beside | null> {
  const ask = given ?? (async () => (await import("./beside-report.ts")).besideSaved(report, process));
  const found = await ask();
  if (found === null) return null;
  const shown = options.shown === null ? found : showTokens(found, options.shown);
  return hideHomesBeside(shown, report, surroundings());
}

/** Where a page lies that was only to be looked at: the newest one, beside the history. */
function pageOf(process: NodeJS.Process): string {
  const folder = stateDirectory(userEnvironment(process.env), homedir());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, "report.html");
}

/** Every face but that of the user's own terminal is made to be passed on: it does not tell who made it and where. */
export function forReaders(report: Report, format: string): Report {
  return format === "terminal" ? report : hideHomes(report, surroundings());
}

function surroundings(): Surroundings {
  return { home: homedir(), user: userName(), host: hostname() };
}

/** Null for a user that the system has no entry of, as in containers. */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
