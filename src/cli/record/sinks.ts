import { resolve } from "node:path";
import { mayConfigure } from "../config/may-configure.ts";
import type { ReportOptions } from "../options.ts";

/** Files that every run's numbers go to, absolute; null for none. */
export interface Sinks {
  readonly prometheus: string | null;
  readonly ndjson: string | null;
}

/**
 * An option stands above the environment (GOCACHE_WHY_PROMETHEUS, GOCACHE_WHY_NDJSON), and that above the configuration file.
 * @param directory where go runs
 * @returns the sinks, and what is wrong with the configuration
 */
export async function sinksOf(
  options: ReportOptions,
  env: NodeJS.ProcessEnv,
  directory: string,
  cwd: string,
): Promise<Sinks & { readonly problems: readonly string[] }> {
  const { readConfig } = await import("../config/read-config.ts");
  const { config, problems } = await readConfig(directory, cwd);
  const named = (option: string | undefined, variable: string | undefined): string | null => {
    const name = option ?? (variable || null);
    return name === null ? null : resolve(cwd, name);
  };
  return {
    prometheus: named(options.prometheus, env.GOCACHE_WHY_PROMETHEUS) ?? config.prometheus,
    ndjson: named(options.ndjson, env.GOCACHE_WHY_NDJSON) ?? config.ndjson,
    problems,
  };
}

/** False where no run can have sinks: a warm run looks no further. A few stat calls where there is no configuration file. */
export function mayHaveSinks(options: ReportOptions, env: NodeJS.ProcessEnv, directory: string): boolean {
  if (options.prometheus !== undefined || options.ndjson !== undefined) return true;
  if (env.GOCACHE_WHY_PROMETHEUS || env.GOCACHE_WHY_NDJSON) return true;
  return mayConfigure(directory, "prometheus", "ndjson");
}
