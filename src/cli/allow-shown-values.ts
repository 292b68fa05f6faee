import type { ReportOptions } from "./options.ts";

/**
 * The options with `--show-values` only where that is allowed: in CI, whose logs many people read, the environment has to say so
 * once more. Either way one line on stderr says what holds; the build goes on.
 */
export function allowShownValues(options: ReportOptions, process: NodeJS.Process): ReportOptions {
  if (options.shown === null) return options;
  const { CI: ci, GOCACHE_WHY_SHOW_VALUES: again } = process.env;
  const isCi = ci !== undefined && ci !== "" && ci !== "false" && ci !== "0";
  if (isCi && again !== "1") {
    process.stderr.write(
      "gocache-why: --show-values is refused in CI (CI is set): values stay hidden; GOCACHE_WHY_SHOW_VALUES=1 in the environment allows it\n",
    );
    return { ...options, shown: null };
  }
  process.stderr.write(
    "gocache-why: --show-values: what is shown now may hold secrets; the history keeps none of them\n",
  );
  return options;
}
