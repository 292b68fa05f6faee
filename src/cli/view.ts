import type { View } from "../report/renderers/view.ts";
import type { ReportOptions } from "./options.ts";

/** How a report is shown on a stream, or in a file (no stream): width, colours, the clock. */
export function viewFor(
  stream: NodeJS.WriteStream | null,
  options: ReportOptions,
  env: NodeJS.ProcessEnv,
): View {
  const columns = stream?.isTTY === true ? stream.columns : Number(env.COLUMNS ?? 0);
  return {
    width: Math.max(40, Math.min(columns > 0 ? columns : 80, 120)),
    colour: colourLevel(stream, options.color, env),
    verbosity: options.verbosity,
    now: new Date(),
    all: options.all,
  };
}

/** --color and --no-color, then NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR, then whether it is a terminal. */
export function colourLevel(
  stream: NodeJS.WriteStream | null,
  asked: boolean | null,
  env: NodeJS.ProcessEnv,
): View["colour"] {
  if (asked === false) return 0;
  if (asked === true) return depthOf(env);
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return 0;
  if (env.FORCE_COLOR !== undefined) {
    return env.FORCE_COLOR === "0" || env.FORCE_COLOR === "false" || stream === null ? 0 : depthOf(env);
  }
  if (stream === null) return 0;
  if (env.CLICOLOR_FORCE !== undefined && env.CLICOLOR_FORCE !== "0") return depthOf(env);
  if (stream.isTTY !== true || env.CLICOLOR === "0" || env.TERM === "dumb") return 0;
  return depthOf(env);
}

function depthOf(env: NodeJS.ProcessEnv): View["colour"] {
  if (/^(truecolor|24bit)$/.test(env.COLORTERM ?? "")) return 3;
  return /256/.test(env.TERM ?? "") ? 2 : 1;
}
