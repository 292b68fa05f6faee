import { dirname, relative } from "node:path";
import { type Edit, showEdits } from "../../causes/edits.ts";
import type { Explanation } from "../../causes/explain.ts";
import { findCheckout } from "../../go/git-head.ts";
import { commitsTouching, findBlobs, readBlobs } from "../../go/git-objects.ts";
import { createHide, type Hide } from "../../log/hide-secrets.ts";
import type { ShortId } from "../../model/ids.ts";
import type { History } from "../../store/history.ts";
import type { ReportOptions } from "../options.ts";
import { shortHashOf } from "./before-state.ts";
import { mostBytes, readContent, redactedText } from "./source-text.ts";

/** Edits of one report that are looked up; a branch switch may bring thousands. */
const mostEdits = 100;
/** For so many contents, and so far back, the history of a path is searched where nothing else has them. */
const mostSearched = 10;
const mostCommits = 20;

/** False for the short report on a terminal, which has no place for them. */
export function showsDiffs(options: Pick<ReportOptions, "format" | "verbosity">): boolean {
  return options.format !== "terminal" || options.verbosity > 0;
}

export interface DiffSources {
  readonly history: History;
  /** For git. */
  readonly env: Readonly<Record<string, string>>;
  /** Is told the values behind the tokens, for `--show-values`; null where nobody is to know them. */
  readonly shown: Map<string, string> | null;
}

/**
 * The explanation with the diffs of edited files, of those whose two texts can be had: from the disk, from the copies that the
 * history keeps, from git (the runs' commits, HEAD, the index, then the path's newest commits). Each text counts only
 * if its digest is the one in Go's key, and has its secrets hidden. It never fails.
 */
export async function withDiffs(explanation: Explanation, sources: DiffSources): Promise<Explanation> {
  const { history, env, shown } = sources;
  const edits = [...explanation.causes.values()].flatMap((cause) => cause.edits).slice(0, mostEdits);
  if (edits.length === 0) return explanation;
  // Under the history's key, as the copies are; a history that has none gets one only where there is something to hide.
  let made: Hide | null = null;
  const hide: Hide = (value) => {
    made ??= createHide(history.key(), shown ?? undefined);
    return made(value);
  };
  const texts = new Map<ShortId, string | null>();
  const missing = new Map<ShortId, readonly string[]>();
  for (const { before, now, paths } of edits) {
    for (const hash of [now, before]) {
      if (texts.has(hash) || missing.has(hash)) continue;
      const found = (await textOnDisk(paths, hash, hide)) ?? (await textInHistory(history, hash, hide));
      if (found === null) missing.set(hash, paths);
      else texts.set(hash, found.text);
    }
  }
  const heads = [explanation.comparison?.before.run.head, explanation.comparison?.now.run.head];
  const revisions = [...new Set([...heads.flatMap((head) => head ?? []), "HEAD", ""])];
  for (const [hash, content] of await contentsInGit(missing, revisions, env)) {
    texts.set(hash, (await redactedText(content, hide))?.text ?? null);
  }
  return showEdits(explanation, (content) => texts.get(content) ?? null);
}

/** Null where the content is not there; its text is null where it is none. */
type Found = { readonly text: string | null } | null;

async function textOnDisk(paths: Edit["paths"], hash: ShortId, hide: Hide): Promise<Found> {
  for (const path of paths) {
    const content = readContent(path, hash);
    if (content !== null) return { text: (await redactedText(content, hide))?.text ?? null };
  }
  return null;
}

/** A copy is looked through again: today's rules may know more than those of then, and leave the tokens that stand in it. */
async function textInHistory(history: History, hash: ShortId, hide: Hide): Promise<Found> {
  const kept = history.text(hash);
  if (kept === null) return null;
  const content = Buffer.from(kept.text);
  return kept.hidden > 0 || shortHashOf(content) === hash ? redactedText(content, hide) : null;
}

/** @param wanted content → the paths at which it may have been */
async function contentsInGit(
  wanted: ReadonlyMap<ShortId, readonly string[]>,
  revisions: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<ShortId, Buffer>> {
  const found = new Map<ShortId, Buffer>();
  for (const [checkout, places] of placesByCheckout(wanted)) {
    const names = (list: readonly string[], paths: Iterable<string>): string[] =>
      [...paths].flatMap((path) => list.map((revision) => `${revision}:${path}`));
    await collect(checkout, names(revisions, places.keys()), wanted, found, env);
    const left = [...places].filter(([, hashes]) => hashes.some((hash) => !found.has(hash)));
    for (const [path] of left.slice(0, mostSearched)) {
      const commits = await commitsTouching(checkout, path, mostCommits, env);
      await collect(checkout, names(commits, [path]), wanted, found, env);
    }
  }
  return found;
}

/** Checkout → path in it → the contents that it may have had. */
function placesByCheckout(
  wanted: ReadonlyMap<ShortId, readonly string[]>,
): ReadonlyMap<string, ReadonlyMap<string, readonly ShortId[]>> {
  const checkouts = new Map<string, Map<string, ShortId[]>>();
  for (const [hash, paths] of wanted) {
    for (const path of paths) {
      const checkout = findCheckout(dirname(path));
      if (checkout === null) continue;
      const places = checkouts.get(checkout) ?? new Map<string, ShortId[]>();
      checkouts.set(checkout, places);
      const name = relative(checkout, path);
      places.set(name, [...(places.get(name) ?? []), hash]);
    }
  }
  return checkouts;
}

/** Takes the wanted ones among the contents of some names: as git has them, else with the line ends of `core.autocrlf`. */
async function collect(
  checkout: string,
  names: readonly string[],
  wanted: ReadonlyMap<ShortId, unknown>,
  found: Map<ShortId, Buffer>,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const blobs = await findBlobs(checkout, names, env);
  const small = [...blobs.values()].filter(({ bytes }) => bytes <= mostBytes);
  const contents = await readBlobs(
    checkout,
    small.map(({ id }) => id),
    env,
  );
  for (const content of contents.values()) {
    const crlf = Buffer.from(content.toString("latin1").replace(/(?<!\r)\n/g, "\r\n"), "latin1");
    for (const each of [content, crlf]) {
      const hash = shortHashOf(each);
      if (wanted.has(hash)) found.set(hash, each);
    }
  }
}
