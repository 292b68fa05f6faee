import { serveCache } from "../../go/serve-cache.ts";

/** Is go's cache program until go closes it. @param words the GOCACHE, and the time from which on entries don't count */
export function answerFromCache(
  [gocache = "", beforeMs = ""]: readonly string[],
  process: NodeJS.Process,
): Promise<number> {
  const take = serveCache(gocache, Number(beforeMs), (text) => process.stdout.write(text));
  // Go was ended.
  process.stdout.on("error", () => {});
  process.stdin.setEncoding("latin1").on("data", take);
  return new Promise((resolve) => process.stdin.once("end", () => resolve(0)));
}
