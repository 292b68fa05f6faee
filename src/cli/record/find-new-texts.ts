import { dirname, relative } from "node:path";
import { findCheckout } from "../../go/git-head.ts";
import { blobIdOf, findBlobs, type GitBlob } from "../../go/git-objects.ts";
import type { Hide } from "../../log/hide-secrets.ts";
import type { KnownAction } from "../../model/actions.ts";
import { type ShortId, shortId } from "../../model/ids.ts";
import type { RunWithBlocks, SourceFile } from "../../model/run.ts";
import type { History } from "../../store/history.ts";
import type { KeptText } from "../../store/kept-texts.ts";
import { mostBytes, readContent, redactedText } from "./source-text.ts";

/** Copies that one run adds. Where there is no git at all, a first run has many: 300 take half a second (Node 20). */
const mostNew = 300;

/**
 * The source texts of a run that a later diff could not get from git: those that the commit does not have as they are. Only
 * of packages whose inputs nobody knew before this run, so that there are none in a run that missed nothing; those that
 * were compiled come first.
 * @param known what the history knew of the run's actions
 * @returns reads and redacts them; git is asked at once, so that it can answer meanwhile. Rejects where that fails
 */
export function findNewTexts(input: {
  readonly now: RunWithBlocks;
  readonly known: ReadonlyMap<ShortId, KnownAction>;
  readonly history: History;
  readonly env: Readonly<Record<string, string>>;
  readonly hide: Hide;
}): () => Promise<readonly KeptText[]> {
  const { history, env, hide } = input;
  const found = newFiles(input.now, input.known);
  const kept = history.haveTexts(found.map((file) => file.hash));
  const candidates = found.filter(({ hash }) => !kept.has(hash));
  const asked = askGit(candidates, env);
  return async () => {
    const texts = new Map<ShortId, KeptText>();
    for (const { path, hash } of candidates) {
      if (texts.size === mostNew) break;
      const blob = await asked(path);
      const content = texts.has(hash) ? null : readContent(path, hash);
      if (content === null || (blob !== null && isStored(content, blob.id))) continue;
      const redacted = await redactedText(content, hide);
      if (redacted !== null) texts.set(hash, { hash, ...redacted });
    }
    return [...texts.values()];
  };
}

/** The files of the user's own modules that stand in inputs which were asked for now. */
function newFiles(now: RunWithBlocks, known: ReadonlyMap<ShortId, KnownAction>): readonly SourceFile[] {
  const compiled = new Set(
    now.run.actions.flatMap(({ outcome, digest }) => (outcome === "ran" ? digest : [])),
  );
  const hashes = new Map<string, boolean>();
  for (const block of now.blocks.values()) {
    if (!block.name.startsWith("build ") || known.get(shortId(block.digest))?.digest != null) continue;
    for (const line of block.lines) {
      const hash = /^file .* (\S{20})\n$/s.exec(line)?.[1];
      if (hash !== undefined) hashes.set(hash, hashes.get(hash) === true || compiled.has(block.digest));
    }
  }
  const files = now.run.files.filter(({ hash, size }) => hashes.has(hash) && size <= mostBytes);
  const isFirst = ({ hash }: SourceFile): boolean => hashes.get(hash) === true;
  return [...files.filter(isFirst), ...files.filter((file) => !isFirst(file))];
}

/** Asks each checkout once what its commit has; a path in none has no blob. */
function askGit(
  files: readonly SourceFile[],
  env: Readonly<Record<string, string>>,
): (path: string) => Promise<GitBlob | null> {
  const checkouts = new Map<string, string | null>();
  const names = new Map<string, string[]>();
  for (const { path } of files) {
    const directory = dirname(path);
    if (!checkouts.has(directory)) checkouts.set(directory, findCheckout(directory));
    const checkout = checkouts.get(directory) ?? null;
    if (checkout === null) continue;
    const list = names.get(checkout);
    if (list === undefined) names.set(checkout, [nameIn(checkout, path)]);
    else list.push(nameIn(checkout, path));
  }
  const answers = new Map([...names].map(([checkout, list]) => [checkout, findBlobs(checkout, list, env)]));
  return async (path) => {
    const checkout = checkouts.get(dirname(path)) ?? null;
    if (checkout === null) return null;
    return (await answers.get(checkout))?.get(nameIn(checkout, path)) ?? null;
  };
}

function nameIn(checkout: string, path: string): string {
  return `HEAD:${relative(checkout, path)}`;
}

/** With `core.autocrlf` the working tree has other line ends than the commit; a diff finds both. */
function isStored(content: Buffer, id: string): boolean {
  if (blobIdOf(content, id) === id) return true;
  if (!content.includes("\r\n")) return false;
  const plain = Buffer.from(content.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
  return blobIdOf(plain, id) === id;
}
