import { mayConfigure } from "../config/may-configure.ts";
import type { ReportOptions } from "../options.ts";

/**
 * Whether go's cache program may have to be traced: by --trace-cache, by GOCACHE_WHY_TRACE_CACHE, which stands above the
 * configuration file, or by that. A few stat calls where there is no such file.
 * @param directory where go runs
 */
export function wantsTrace(options: ReportOptions, env: NodeJS.ProcessEnv, directory: string): boolean {
  if (options.traceCache === true) return true;
  const set = env.GOCACHE_WHY_TRACE_CACHE ?? "";
  return set === "" ? mayConfigure(directory, "traceCache") : set !== "0";
}
