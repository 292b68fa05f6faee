import type { OutsideValues } from "./outside-values.ts";

/**
 * What a released tool says of itself under -V=full, which Go takes for its ID (work/buildid.go toolID, Go 1.21–1.27).
 * Behind -toolexec it is what the program of that flag makes of it.
 */
export function toolId(tool: string, values: OutsideValues): string {
  const wrapped = values.tools[tool];
  if (wrapped !== undefined) return wrapped;
  const experiments = values.env("GOEXPERIMENT");
  return `${tool} version ${values.goVersion}${experiments === "" ? "" : ` X:${experiments}`}`;
}
