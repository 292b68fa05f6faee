import type { Digest } from "../model/ids.ts";
import { shortId } from "../model/ids.ts";
import type { Block } from "../model/run.ts";
import { segmentBlock } from "../model/segments.ts";
import { type Assumption, type GoChange, isOwn } from "./assumption.ts";
import type { Climb, Found, Ground } from "./climb.ts";
import { createClimb } from "./climb.ts";
import { type Filling, fillingOf, missedBuilds } from "./find-filling.ts";

/** How many entries go itself, asked under the assumptions and without work, would have found of what ran now and is built then, too. */
export interface DryRun {
  readonly hits: number;
  readonly of: number;
}

/** What a go command needs to run as it is assumed; null where one of the assumptions can't be made so. */
export function changeOf(assumptions: readonly Assumption[]): GoChange | null {
  const flags: Record<string, string | null> = {};
  const env: Record<string, string | null> = {};
  let toolchain: GoChange["toolchain"];
  for (const { asRun } of assumptions) {
    if (asRun === null) return null;
    toolchain = asRun.toolchain ?? toolchain;
    Object.assign(flags, asRun.flags);
    Object.assign(env, asRun.env);
  }
  return { flags, env, ...(toolchain === undefined ? {} : { toolchain }) };
}

/**
 * Adds to what is known under some assumptions the keys that go itself makes under them (`go build -n`), as far as the cache has
 * them. Below a package that is not there go has no outputs to go on with, so that what it misses is the most that would be missed.
 */
export function withDryRun(
  ground: Ground,
  assumptions: readonly Assumption[],
  known: Climb | null,
  blocks: Iterable<Block>,
): { readonly filling: Filling; readonly dryRun: DryRun } {
  const asked = new Map<string, Block>();
  /** What go would have looked up: -race brings packages that are not built without it. */
  const named = new Set<string>();
  for (const block of blocks) {
    named.add(block.name);
    if (block.name.startsWith("build ") && ground.cache.has(block.digest)) asked.set(block.name, block);
  }
  const base = known ?? createClimb(ground, [], { spend: () => true });
  const memo = new Map<string, Found | null>();
  const present = new Map(ground.now.actions.map((action) => [action.key, action]));
  const find = (key: string): Found | null => {
    const action = present.get(key);
    const block = asked.get(key);
    if (action === undefined || block === undefined || block.hidden) return base.resolve(key);
    const digest: Digest = block.digest;
    if (digest === action.digest) return base.resolve(key);
    return {
      action: { ...action, id: shortId(digest), digest, contentId: ground.cache.contentOf(digest) },
      inputs: segmentBlock(block),
    };
  };
  const climb: Climb = {
    resolve(key) {
      const settled = memo.get(key);
      if (settled !== undefined) return settled;
      const fresh = find(key);
      memo.set(key, fresh);
      return fresh;
    },
  };
  const ran = missedBuilds(ground);
  const missed = ran.filter(({ key }) => named.has(key));
  const absent = new Set(ran.flatMap(({ key }) => (named.has(key) ? [] : key)));
  const hits = missed.filter(({ key, digest }) => {
    const block = asked.get(key);
    return block !== undefined && block.digest !== digest;
  });
  const filling = fillingOf(ground, assumptions, climb);
  return {
    filling: { ...filling, absent, isOwn: filling.isOwn || hits.some((action) => isOwn(action, ground.now)) },
    dryRun: { hits: hits.length, of: missed.length },
  };
}
