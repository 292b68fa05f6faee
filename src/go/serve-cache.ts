import { join } from "node:path";
import { isDigest } from "../model/ids.ts";
import { openCache } from "./cache.ts";

/**
 * Answers go's questions to a cache program out of a GOCACHE, and keeps nothing: what go would store is not asked for, and no
 * last use is refreshed (cmd/go/internal/cacheprog, Go 1.24–1.27). A dry run can so be made against a cache that is not to be
 * touched.
 * @param beforeMs what was put at this time or later is told to be absent; milliseconds since the epoch
 * @param write gets the answers, each a line of JSON
 * @returns takes what go writes, in any pieces
 */
export function serveCache(
  gocache: string,
  beforeMs: number,
  write: (text: string) => void,
): (chunk: string) => void {
  const cache = openCache(gocache);
  let rest = "";
  write(`${JSON.stringify({ ID: 0, KnownCommands: ["get", "close"] })}\n`);

  function answer(line: string): string {
    const { ID, Command, ActionID } = JSON.parse(line) as Request;
    if (Command !== "get") return JSON.stringify({ ID });
    const key = Buffer.from(ActionID ?? "", "base64").toString("hex");
    const entry = isDigest(key) && cache.held(key, beforeMs) ? cache.entry(key) : null;
    if (entry === null) return JSON.stringify({ ID, Miss: true });
    const { outputId, size, putAtMs } = entry;
    return JSON.stringify({
      ID,
      OutputID: Buffer.from(outputId, "hex").toString("base64"),
      Size: size,
      Time: new Date(putAtMs).toISOString(),
      DiskPath: join(gocache, outputId.slice(0, 2), `${outputId}-d`),
    });
  }

  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    const answers = lines.flatMap((line) => (line === "" ? [] : `${answer(line)}\n`));
    if (answers.length > 0) write(answers.join(""));
  };
}

interface Request {
  readonly ID: number;
  readonly Command: string;
  /** Base64. */
  readonly ActionID?: string;
}
