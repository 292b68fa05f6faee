import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import type { ShortId } from "../model/ids.ts";
import { readBlobs } from "./git-objects.ts";

/** How a checkout's files were at one commit, where they are another now. */
export interface PastCommit {
  readonly revision: string;
  /** Unix seconds. */
  readonly time: number;
  /** 0 for HEAD, 1 for its first parent, … */
  readonly back: number;
  /** Path from the folder that was asked about → its content then; null where there was no such file. */
  readonly files: ReadonlyMap<string, PastFile | null>;
}

export interface PastFile {
  /** Short SHA-256, as in `file` lines. */
  readonly hash: ShortId;
  /** One character a byte. */
  readonly text: string;
}

/** A git that takes longer waits for something. */
const patienceMs = 3_000;
/** More contents than these are not read: a switch of branches may have brought thousands. */
const mostBlobs = 2_000;

/**
 * The last commits along the first parents, as differences from the files that are there now, uncommitted edits included. Empty where
 * there is no git, or no repository.
 * @param folder absolute; only what lies below it counts
 */
export async function readGitPast(
  folder: string,
  most: number,
  env: Readonly<Record<string, string>>,
): Promise<readonly PastCommit[]> {
  const git = (...words: string[]): Promise<string | null> =>
    new Promise((resolve) => {
      execFile(
        "git",
        [
          "-c",
          "core.quotePath=false",
          "-c",
          "log.showSignature=false",
          "-c",
          "protocol.allow=never",
          ...words,
        ],
        {
          cwd: folder,
          env: { ...env, GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" },
          maxBuffer: 1 << 26,
          timeout: patienceMs,
          windowsHide: true,
        },
        (error, stdout) => resolve(error === null ? stdout : null),
      );
    });
  const raw = ["--raw", "--no-renames", "--no-abbrev", "--relative"];
  const [edits, log] = await Promise.all([
    git("diff-index", ...raw, "HEAD", "--", "."),
    git("log", "--first-parent", "-m", `--max-count=${most}`, ...raw, "--format=%x00%H %ct"),
  ]);
  if (edits === null || log === null) return [];
  /** Path → blob; null where there is none. */
  const then = new Map<string, string | null>();
  undo(edits, then);
  const states: { revision: string; time: number; blobs: ReadonlyMap<string, string | null> }[] = [];
  for (const part of log.split("\0").slice(1)) {
    const [head = "", ...rest] = part.split("\n");
    const [revision = "", time = ""] = head.split(" ");
    states.push({ revision, time: Number(time), blobs: new Map(then) });
    undo(rest.join("\n"), then);
  }
  const wanted = [...new Set(states.flatMap(({ blobs }) => [...blobs.values()]))].flatMap((id) => id ?? []);
  if (wanted.length > mostBlobs) return [];
  const contents = await readBlobs(folder, wanted, env);
  const known = new Map<string, PastFile>();
  for (const [id, content] of contents) {
    const hash = createHash("sha256")
      .update(content)
      .digest()
      .subarray(0, 15)
      .toString("base64url") as ShortId;
    known.set(id, { hash, text: content.toString("latin1") });
  }
  return states.map(({ revision, time, blobs }, back) => ({
    revision,
    time,
    back,
    files: new Map([...blobs].map(([path, id]) => [path, id === null ? null : (known.get(id) ?? null)])),
  }));
}

/** `:MODE MODE OLD NEW STATUS\tPATH`: what was there before. */
function undo(text: string, then: Map<string, string | null>): void {
  for (const line of text.split("\n")) {
    const found = /^:\d+ \d+ ([0-9a-f]+) [0-9a-f]+ ([A-Z])\d*\t(.*)$/.exec(line);
    if (found === null) continue;
    const [, old = "", status, path = ""] = found;
    then.set(path, status === "A" || /^0+$/.test(old) ? null : old);
  }
}
