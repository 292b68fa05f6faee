import { createHash, type Hash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { dirname, relative } from "node:path";
import { findCheckout } from "./git-head.ts";
import { askForBlobs, findFiltered, type GitBlob, readBlobs } from "./git-objects.ts";

/** A file as somebody saw it: what it is now counts only where it still is that. */
export interface SeenFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Nanoseconds since the epoch. */
  readonly modifiedAt: bigint;
}

/** As `ContentInGit` of the causes. */
type Answer = "committed" | "staged" | "modified" | "untracked";

type Environment = Readonly<Record<string, string>>;

/** More files and bytes than these are not read: a fresh clone touches all of a repository. */
const mostFiles = 5_000;
const mostBytes = 1 << 28;
const mostBytesOfOne = 1 << 26;

/**
 * Whether files have the content that git has, in HEAD or else in the index: what `git hash-object` would tell, without running
 * a filter program. Line ends (`core.autocrlf`) and Git LFS are seen through. Only reads; nothing is refreshed or fetched.
 * @returns path → answer; without what lies in no checkout, is beyond the bounds, was changed since, or can't be told
 */
export async function compareWithGit(
  files: readonly SeenFile[],
  env: Environment,
): Promise<ReadonlyMap<string, Answer>> {
  const found = new Map<string, Answer>();
  for (const [checkout, members] of byCheckout(files.slice(0, mostFiles))) {
    for (const [path, answer] of await compareIn(checkout, members, env)) found.set(path, answer);
  }
  return found;
}

interface Member extends SeenFile {
  /** From the checkout's root. */
  readonly name: string;
  /** Without symbolic links, of which git has the text. */
  readonly real: string;
}

function byCheckout(files: readonly SeenFile[]): ReadonlyMap<string, readonly Member[]> {
  const checkouts = new Map<string, Member[]>();
  const known = new Map<string, string | null>();
  for (const file of files) {
    const real = realPath(file.path);
    if (real === null) continue;
    const folder = dirname(real);
    const checkout = known.get(folder) ?? (known.has(folder) ? null : findCheckout(folder));
    known.set(folder, checkout);
    if (checkout === null) continue;
    const member = { ...file, real, name: relative(checkout, real) };
    const members = checkouts.get(checkout);
    if (members === undefined) checkouts.set(checkout, [member]);
    else members.push(member);
  }
  return checkouts;
}

function realPath(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

async function compareIn(
  checkout: string,
  members: readonly Member[],
  env: Environment,
): Promise<readonly (readonly [string, Answer])[]> {
  const places = ["HEAD:", ":"];
  const names = members.flatMap(({ name }) => places.map((place) => place + name));
  const blobs = await askForBlobs(checkout, names, env);
  if (blobs === null) return [];
  const answers: (readonly [string, Answer])[] = [];
  const others: Other[] = [];
  let left = mostBytes;
  for (const member of members) {
    // A name with a line break was not asked for.
    if (!blobs.has(`HEAD:${member.name}`)) continue;
    const committed = blobs.get(`HEAD:${member.name}`) ?? null;
    const staged = blobs.get(`:${member.name}`) ?? null;
    if (committed === null && staged === null) {
      answers.push([member.path, "untracked"]);
      continue;
    }
    if (member.bytes > mostBytesOfOne || member.bytes > left) continue;
    left -= member.bytes;
    const content = contentOf(member, committed ?? staged);
    if (content === null) continue;
    const answer = content.isIn(committed) ? "committed" : content.isIn(staged) ? "staged" : null;
    if (answer !== null) answers.push([member.path, answer]);
    else others.push({ member, committed, staged, sha256: content.sha256 });
  }
  return [...answers, ...(await compareOthers(checkout, others, env))];
}

/** What of a file's bytes is compared with blobs. */
interface Content {
  isIn(blob: GitBlob | null): boolean;
  /** Hex digits. */
  readonly sha256: string;
}

/** Null where the file is no longer the one that was seen. */
function contentOf({ real, bytes, modifiedAt }: Member, like: GitBlob | null): Content | null {
  const algorithm = like?.id.length === 64 ? "sha256" : "sha1";
  // Git writes `blob BYTES\0` in front of the bytes (gitformat-pack); with LF alone the length is known at the end only.
  const plain = createHash(algorithm).update(`blob ${bytes}\0`);
  const whole = createHash("sha256");
  const unix: Buffer[] = [];
  let carriage = false;
  let hasCrlf = false;
  const isRead = readFile(real, bytes, modifiedAt, (chunk) => {
    plain.update(chunk);
    whole.update(chunk);
    if (bytes > mostBytesConverted) return;
    hasCrlf ||= chunk.includes("\r\n") || (carriage && chunk[0] === 10);
    carriage = chunk[chunk.length - 1] === 13;
    unix.push(Buffer.from(chunk));
  });
  if (!isRead) return null;
  const ids = new Set([hex(plain)]);
  if (hasCrlf) {
    const text = Buffer.from(Buffer.concat(unix).toString("latin1").replaceAll("\r\n", "\n"), "latin1");
    ids.add(hex(createHash(algorithm).update(`blob ${text.length}\0`).update(text)));
  }
  return { isIn: (blob) => blob !== null && ids.has(blob.id), sha256: hex(whole) };
}

/** Texts with other line ends are no larger. */
const mostBytesConverted = 1 << 20;

function hex(hash: Hash): string {
  return hash.digest("hex");
}

/** @returns whether the file was there as it had been seen, to its end */
function readFile(path: string, bytes: number, modifiedAt: bigint, take: (chunk: Buffer) => void): boolean {
  try {
    const descriptor = openSync(path, "r");
    try {
      const status = fstatSync(descriptor, { bigint: true });
      if (!status.isFile() || status.size !== BigInt(bytes) || status.mtimeNs !== modifiedAt) return false;
      const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(bytes, 1 << 20)));
      let total = 0;
      for (;;) {
        const length = readSync(descriptor, buffer, 0, buffer.length, null);
        if (length === 0) return total === bytes;
        total += length;
        take(buffer.subarray(0, length));
      }
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

interface Other {
  readonly member: Member;
  readonly committed: GitBlob | null;
  readonly staged: GitBlob | null;
  readonly sha256: string;
}

/** Files whose bytes are in no blob: what Git LFS keeps elsewhere, what a filter changes, or what was edited. */
async function compareOthers(
  checkout: string,
  others: readonly Other[],
  env: Environment,
): Promise<readonly (readonly [string, Answer])[]> {
  if (others.length === 0) return [];
  const names = others.map(({ member }) => member.name);
  const small = others.flatMap(({ committed, staged }) =>
    [committed, staged].flatMap((blob) => (blob !== null && blob.bytes <= longestPointer ? blob.id : [])),
  );
  const [filtered, texts] = await Promise.all([
    findFiltered(checkout, names, env),
    readBlobs(checkout, small, env),
  ]);
  return others.flatMap(({ member, committed, staged, sha256 }): (readonly [string, Answer])[] => {
    const pointsHere = (blob: GitBlob | null): boolean =>
      blob !== null && pointerOf(texts.get(blob.id))?.sha256 === sha256;
    if (pointsHere(committed)) return [[member.path, "committed"]];
    if (pointsHere(staged)) return [[member.path, "staged"]];
    return filtered === null || filtered.has(member.name) ? [] : [[member.path, "modified"]];
  });
}

/** A pointer has up to 1,024 bytes (Git LFS, docs/spec.md). */
const longestPointer = 1024;

function pointerOf(blob: Buffer | undefined): { sha256: string } | null {
  const text = blob?.toString("latin1") ?? "";
  if (!text.startsWith("version https://git-lfs.github.com/spec/v1\n")) return null;
  const sha256 = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  return sha256 === undefined ? null : { sha256 };
}
