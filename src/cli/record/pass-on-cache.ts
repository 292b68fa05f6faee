import { relayCacheProgram } from "../../go/cache-trace/relay.ts";
import { traceVariable, traceWord } from "../trace-word.ts";

/** Stands between go and the user's cache program. @param words of that program */
export async function passOnCache(words: readonly string[], process: NodeJS.Process): Promise<never> {
  const { [traceVariable]: noteFile, ...env } = process.env;
  const set = env.GOCACHEPROG ?? "";
  const mark = ` ${traceWord} `;
  const at = set.indexOf(mark);
  // As it is without us: go sets it for its program, wherever it came from (go/main.go, Go 1.24–1.27).
  const user = at < 0 ? set : set.slice(at + mark.length);
  const relayed = { words, env: { ...env, GOCACHEPROG: user }, noteFile: noteFile ?? null, process };
  // A program that closed its output and lives on is not waited for: go doesn't either.
  process.exit(await relayCacheProgram(relayed));
}
