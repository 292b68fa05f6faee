import { execFile } from "node:child_process";
import { hash } from "node:crypto";

/** A file's content as git stores it. */
export interface GitBlob {
  /** 40 or 64 hex digits. */
  readonly id: string;
  readonly bytes: number;
}

type Environment = Readonly<Record<string, string>>;

/** A git that takes longer waits for something: a slow disk, a history of a million commits. */
const patienceMs = 5_000;

/**
 * The blobs that some names stand for in a checkout: `HEAD:path`, `COMMIT:path`, `:path` (the index), with paths from the
 * checkout's root. What is no blob, or is not there, is left out; so is everything where git fails.
 */
export async function findBlobs(
  checkout: string,
  names: readonly string[],
  env: Environment,
): Promise<ReadonlyMap<string, GitBlob>> {
  const answers = (await askForBlobs(checkout, names, env)) ?? new Map<string, GitBlob | null>();
  return new Map([...answers].flatMap(([name, blob]) => (blob === null ? [] : [[name, blob]])));
}

/** As `findBlobs`, with null for a name that stands for no blob; null where git fails. */
export async function askForBlobs(
  checkout: string,
  names: readonly string[],
  env: Environment,
): Promise<ReadonlyMap<string, GitBlob | null> | null> {
  // One name a line: git can't be asked for a name with a line break before 2.38 (-z).
  const asked = [...new Set(names)].filter((name) => !/[\n\r]/.test(name));
  const blobs = new Map<string, GitBlob | null>();
  if (asked.length === 0) return blobs;
  const output = await git(checkout, ["cat-file", "--batch-check"], `${asked.join("\n")}\n`, env);
  if (output === null) return null;
  const lines = output.toString("latin1").split("\n");
  for (const [at, name] of asked.entries()) {
    const found = /^([0-9a-f]{40}|[0-9a-f]{64}) blob (\d+)$/.exec(lines[at] ?? "");
    blobs.set(name, found === null ? null : { id: found[1] ?? "", bytes: Number(found[2]) });
  }
  return blobs;
}

/**
 * Which of some paths of a checkout pass through a filter on their way into git, so that their bytes need not be the blob's:
 * a filter program, another encoding, `ident`. Line ends and Git LFS are not meant. Null where git fails.
 */
export async function findFiltered(
  checkout: string,
  paths: readonly string[],
  env: Environment,
): Promise<ReadonlySet<string> | null> {
  const words = ["check-attr", "-z", "--stdin", "filter", "working-tree-encoding", "ident"];
  const output = await git(checkout, words, paths.map((path) => `${path}\0`).join(""), env);
  if (output === null) return null;
  // Path, attribute, value, each ended by a NUL.
  const fields = output.toString().split("\0");
  const filtered = new Set<string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = "", , value = ""] = fields.slice(at, at + 3);
    if (value !== "unspecified" && value !== "unset" && value !== "lfs") filtered.add(path);
  }
  return filtered;
}

/** The contents of blobs, by id; what can't be read is left out. */
export async function readBlobs(
  checkout: string,
  ids: Iterable<string>,
  env: Environment,
): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const asked = [...new Set(ids)];
  if (asked.length === 0) return contents;
  const output = await git(checkout, ["cat-file", "--batch"], `${asked.join("\n")}\n`, env);
  // `ID blob BYTES\n`, the content, `\n`; of one that is not there `ID missing\n`.
  for (let at = 0; output !== null && at < output.length; ) {
    const end = output.indexOf(10, at);
    if (end < 0) break;
    const found = /^([0-9a-f]+) blob (\d+)$/.exec(output.toString("latin1", at, end));
    at = end + 1;
    if (found === null) continue;
    const length = Number(found[2]);
    contents.set(found[1] ?? "", output.subarray(at, at + length));
    at += length + 1;
  }
  return contents;
}

/** The newest commits that touched a path, newest first. */
export async function commitsTouching(
  checkout: string,
  path: string,
  most: number,
  env: Environment,
): Promise<readonly string[]> {
  const output = await git(
    checkout,
    [
      "-c",
      "log.showSignature=false",
      "log",
      `--max-count=${most}`,
      "--format=%H",
      "--",
      `:(literal,top)${path}`,
    ],
    "",
    env,
  );
  return (output?.toString("latin1") ?? "").split("\n").filter((line) => /^[0-9a-f]{40,64}$/.test(line));
}

/** The id that git gives to a content, in the hash of which `like` is an id (gitformat-pack: `blob BYTES\0` and the bytes). */
export function blobIdOf(content: Uint8Array, like: string): string {
  const bytes = Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]);
  return hash(like.length === 64 ? "sha256" : "sha1", bytes, "hex");
}

/** Null where git fails. Nothing is fetched: in a partial clone, what was left out counts as missing. */
function git(
  checkout: string,
  words: readonly string[],
  input: string,
  env: Environment,
): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const child = execFile(
      "git",
      ["-c", "protocol.allow=never", ...words],
      {
        cwd: checkout,
        env: { ...env, GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" },
        encoding: "buffer",
        maxBuffer: 1 << 26,
        timeout: patienceMs,
        windowsHide: true,
      },
      (error, stdout) => resolve(error === null ? stdout : null),
    );
    // Git may have gone before it read all.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
