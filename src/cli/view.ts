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
  // A file is read elsewhere: nothing but --color puts codes into it.
  if (stream === null || isSet(env.NO_COLOR)) return 0;
  if (isSet(env.FORCE_COLOR)) return forcedLevel(env.FORCE_COLOR, env);
  if (isSet(env.CLICOLOR_FORCE) && env.CLICOLOR_FORCE !== "0") return depthOf(env);
  if (stream.isTTY !== true || env.CLICOLOR === "0" || env.TERM === "dumb") return 0;
  return depthOf(env);
}

/** An empty variable is as good as none (no-color.org, force-color.org, bixense.com/clicolors). */
function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

/** FORCE_COLOR=1 for 16 colours, 2 for 256, 3 for all; another word for as many as the terminal has. */
function forcedLevel(value: string, env: NodeJS.ProcessEnv): View["colour"] {
  switch (value) {
    case "0":
    case "false":
      return 0;
    case "1":
      return 1;
    case "2":
      return 2;
    case "3":
      return 3;
    default:
      return depthOf(env);
  }
}

function depthOf(env: NodeJS.ProcessEnv): View["colour"] {
  if (/^(truecolor|24bit)$/.test(env.COLORTERM ?? "")) return 3;
  return /256/.test(env.TERM ?? "") ? 2 : 1;
}
