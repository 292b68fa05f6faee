import { readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import { type Config, emptyConfig } from "./config.ts";
import { findConfig } from "./find-config.ts";

export interface ReadConfig {
  readonly config: Config;
  /** What is wrong with the file, each in one line with its place and what to do. What is right in it counts all the same. */
  readonly problems: readonly string[];
}

/**
 * The configuration that applies in a directory. What reads the file is loaded only where there is one.
 * @param directory absolute: where go runs
 * @param cwd where the tool was started; the file is named from there in messages
 */
export async function readConfig(directory: string, cwd = directory): Promise<ReadConfig> {
  const path = findConfig(directory);
  if (path === null) return { config: emptyConfig, problems: [] };
  const name = relative(cwd, path) || path;
  const text = readText(path);
  if (typeof text !== "string") return { config: emptyConfig, problems: [`${name} ${text.error}`] };
  const { parseConfig } = await import("./parse-config.ts");
  return parseConfig(text, path, name);
}

/** No such file is larger: one that is was never meant to be read whole. */
const mostBytes = 1024 * 1024;

function readText(path: string): string | { error: string } {
  try {
    const { size } = statSync(path);
    if (size > mostBytes) return { error: "is not read: it is larger than 1 MiB" };
    return readFileSync(path, "utf8");
  } catch (error) {
    return { error: `can't be read: ${(error as NodeJS.ErrnoException).code ?? error}` };
  }
}
