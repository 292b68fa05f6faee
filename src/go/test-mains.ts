import { execFile } from "node:child_process";
import { basename } from "node:path";
import { isDigest, type ShortId, shortId } from "../model/ids.ts";

/**
 * The hash of the `_testmain.go` that go makes for each tested package, which no replay prints: with -n the file is not
 * written, and its line in the log is empty.
 * @param words from `testMainWords`
 * @param cache a directory for go to write to, which the caller takes away: never the user's GOCACHE, where the files would stay
 * @returns `p.test` → hash as in `file` lines; empty where go failed
 */
export async function readTestMains(
  goPath: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  cache: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ShortId>> {
  const listed = await new Promise<string>((resolve) => {
    execFile(
      goPath,
      words,
      {
        // A cache program is the user's own, and would be given these files.
        env: { ...env, GOCACHE: cache, GOCACHEPROG: "" },
        maxBuffer: 1 << 28,
        windowsHide: true,
        ...(signal === undefined ? {} : { signal }),
      },
      (_error, stdout) => resolve(stdout),
    );
  });
  const found = new Map<string, ShortId>();
  for (const line of listed.split("\n")) {
    const [name = "", file = ""] = line.split("\t");
    const digest = basename(file).replace(/-d$/, "");
    if (name.endsWith(".test") && isDigest(digest)) found.set(name, shortId(digest));
  }
  return found;
}
