import { tokensIn } from "../log/hide-secrets.ts";
import type { Digest } from "../model/ids.ts";
import type { Block, RunWithBlocks } from "../model/run.ts";

/** The earlier run in the later one's tokens. */
export interface Aligned {
  readonly before: RunWithBlocks;
  /** Actions with another key and a hidden value of which it can't be told whether it changed too. */
  readonly uncertain: readonly string[];
}

/**
 * The earlier run with the later one's tokens for hidden values that are the same, where the two were hidden under different keys
 * (a snapshot and a run of this machine), so that their tokens say nothing about each other.
 *
 * Two values are the same if the keys that they went into are. Where a key is another one and nothing else in it differs, the
 * hidden value is what changed: its tokens stay different. Where something else differs too, nobody can tell: they are taken for
 * the same, and the action is said to be uncertain.
 */
export function alignHidden(before: RunWithBlocks, now: RunWithBlocks): Aligned {
  if (before.run.hiddenUnder === now.run.hiddenUnder) return { before, uncertain: [] };
  const { meetings, uncertain } = meetingsOf(before, now);
  const names = new Map<string, string>();
  for (const [token, others] of meetings) {
    const [other, ...more] = others;
    // One value can't be two; which of them it was is not known.
    if (other !== undefined && more.length === 0 && other[1] === "same") names.set(token, other[0]);
  }
  return { before: names.size === 0 ? before : renamed(before, names), uncertain };
}

type Verdict = "same" | "changed";

/** For each token of the earlier run those of the later one that stand in its places. */
type Meetings = Map<string, Map<string, Verdict>>;

function meetingsOf(
  before: RunWithBlocks,
  now: RunWithBlocks,
): { meetings: Meetings; uncertain: readonly string[] } {
  const earlier = new Map(before.run.actions.map((action) => [action.key, action.digest]));
  const meetings: Meetings = new Map();
  const certain = new Set<string>();
  const alone: (readonly [string, string])[][] = [];
  const mixed: { readonly key: string; readonly pairs: readonly (readonly [string, string])[] }[] = [];
  for (const { key, digest } of now.run.actions) {
    const one = blockAt(before, earlier.get(key) ?? null);
    const other = blockAt(now, digest);
    if (one === undefined || other === undefined || !(one.hidden && other.hidden)) continue;
    const { pairs, differs } = pairTokens(one, other);
    for (const pair of pairs) {
      meet(meetings, pair, "same");
      if (one.digest === other.digest) certain.add(pair.join(" "));
    }
    if (one.digest === other.digest) continue;
    if (differs) mixed.push({ key, pairs });
    else alone.push(pairs);
  }
  meetSettings(before, now, meetings);
  for (const pairs of alone) {
    // What is known to be the same by an equal key is no candidate; with several left any of them may have changed.
    for (const pair of pairs) if (!certain.has(pair.join(" "))) meet(meetings, pair, "changed");
  }
  // A pair that changed is told as a cause, wherever it meets.
  const isOpen = ([one, other]: readonly [string, string]): boolean =>
    !certain.has(`${one} ${other}`) && meetings.get(one)?.get(other) === "same";
  const uncertain = mixed.flatMap(({ key, pairs }) => (pairs.some(isOpen) ? key : []));
  return { meetings, uncertain };
}

function blockAt(side: RunWithBlocks, digest: Digest | null): Block | undefined {
  return digest === null ? undefined : side.blocks.get(digest);
}

/** Tokens in the same places of two blocks; and whether anything but tokens differs. */
function pairTokens(one: Block, other: Block): { pairs: (readonly [string, string])[]; differs: boolean } {
  const later = new Map<string, string[]>();
  const places = one.lines.flatMap(placesIn);
  const others = other.lines.flatMap(placesIn);
  for (const line of others) {
    const shape = masked(line);
    later.set(shape, [...(later.get(shape) ?? []), line]);
  }
  const pairs: (readonly [string, string])[] = [];
  let differs = places.length !== others.length;
  for (const line of places) {
    const match = later.get(masked(line))?.shift();
    if (match === undefined) differs = true;
    else if (match !== line) pairs.push(...zip(tokensIn(line), tokensIn(match)));
  }
  return { pairs, differs };
}

/** The build info has its entries in one line, of which some may differ. */
function placesIn(line: string): readonly string[] {
  return line.startsWith('modinfo "') ? line.split("\\n") : [line];
}

/** Settings go into no key as such, but are shown: `-ldflags` of both runs. */
function meetSettings(before: RunWithBlocks, now: RunWithBlocks, meetings: Meetings): void {
  const texts = ({ run }: RunWithBlocks): ReadonlyMap<string, string> =>
    new Map([
      ...Object.entries(run.settings.env),
      ...run.settings.flags.map(({ name, value }) => [name, value] as const),
      ...run.command.map((word, at) => [String(at), word] as const),
    ]);
  const later = texts(now);
  for (const [name, text] of texts(before)) {
    const other = later.get(name);
    if (other === undefined || masked(text) !== masked(other)) continue;
    for (const pair of zip(tokensIn(text), tokensIn(other))) {
      if (!meetings.has(pair[0])) meet(meetings, pair, "same");
    }
  }
}

function meet(meetings: Meetings, [one, other]: readonly [string, string], verdict: Verdict): void {
  const known = meetings.get(one) ?? new Map<string, Verdict>();
  meetings.set(one, known.set(other, verdict));
}

function masked(text: string): string {
  return tokensIn(text).reduce((rest, token) => rest.replace(token, "<hidden>"), text);
}

function zip(one: readonly string[], other: readonly string[]): (readonly [string, string])[] {
  return one.map((token, at) => [token, other[at] ?? token] as const);
}

function renamed(side: RunWithBlocks, names: ReadonlyMap<string, string>): RunWithBlocks {
  const rename = (text: string): string =>
    text.includes("<hidden:")
      ? text.replace(/<hidden:[0-9a-f]{12}>/g, (token) => names.get(token) ?? token)
      : text;
  const { settings, command } = side.run;
  return {
    run: {
      ...side.run,
      command: command.map(rename),
      settings: {
        ...settings,
        env: Object.fromEntries(Object.entries(settings.env).map(([name, value]) => [name, rename(value)])),
        flags: settings.flags.map((flag) => ({ ...flag, value: rename(flag.value) })),
      },
    },
    blocks: new Map(
      [...side.blocks].map(([digest, block]) => [
        digest,
        block.hidden ? { ...block, lines: block.lines.map(rename) } : block,
      ]),
    ),
  };
}
