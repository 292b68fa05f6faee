import { execFile } from "node:child_process";
import type { CompilerFacts } from "../model/run.ts";
import { splitQuotedWords } from "../util/go-quote.ts";

/**
 * The line with its version that each C compiler prints when it is asked as Go asks (work/buildid.go gccToolID).
 * A compiler that can't be run, or that calls itself experimental (then Go takes its build ID), is left out.
 */
export async function readCompilerVersions(
  settings: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  directory: string,
): Promise<CompilerFacts> {
  const found: Record<string, string> = {};
  const ask = async (name: string, language: string): Promise<void> => {
    const program = splitQuotedWords(settings[name] ?? "")?.[0];
    if (program === undefined) return;
    const line = await new Promise<string | null>((resolve) => {
      execFile(
        program,
        ["-###", "-x", language, "-c", "-"],
        { cwd: directory, env: { ...env, LC_ALL: "C" }, encoding: "latin1", windowsHide: true },
        (error, stdout, stderr) => resolve(error === null ? versionLine(stdout + stderr) : null),
      );
    });
    if (line !== null) found[name] = line;
  };
  await Promise.all([ask("CC", "c"), ask("CXX", "c++")]);
  return found;
}

/** The first line with the word `version` and a number behind it, before any word that ends in a colon. */
export function versionLine(text: string): string | null {
  for (const line of text.split("\n")) {
    const fields = line.split(/\s+/).filter((field) => field !== "");
    for (const [index, field] of fields.entries()) {
      if (field.endsWith(":")) break;
      if (field !== "version" || !/^\d/.test(fields[index + 1] ?? "")) continue;
      return line.includes("experimental") ? null : line;
    }
  }
  return null;
}
