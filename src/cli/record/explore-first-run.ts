import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Explanation } from "../../causes/explain.ts";
import type { Outside } from "../../causes/world.ts";
import { assumeCommits } from "../../explore/assume-commits.ts";
import {
  assumeDirectories,
  assumeModuleCaches,
  usualDirectories,
  usualModuleCaches,
} from "../../explore/assume-place.ts";
import { assumeCompilers, assumeSettings } from "../../explore/assume-settings.ts";
import { assumeGoLines, assumeToolchains } from "../../explore/assume-toolchain.ts";
import type { Assumption } from "../../explore/assumption.ts";
import type { Budget, Ground } from "../../explore/climb.ts";
import { changeOf, type DryRun, withDryRun } from "../../explore/dry-run.ts";
import { earlierModuleCaches, earlierRoots } from "../../explore/earlier-places.ts";
import { explainFilling } from "../../explore/explain-filling.ts";
import { type Filling, findFilling, missedBuilds } from "../../explore/find-filling.ts";
import { openCache } from "../../go/cache.ts";
import { takeCensus } from "../../go/cache-census.ts";
import type { CacheNames } from "../../go/cache-names.ts";
import { type PastCommit, readGitPast } from "../../go/git-past.ts";
import { createHide } from "../../log/hide-secrets.ts";
import type { Digest, ShortId } from "../../model/ids.ts";
import { hideBlock } from "../../model/redact-run.ts";
import type { Block, Run, RunWithBlocks } from "../../model/run.ts";
import { type Segment, segmentBlock } from "../../model/segments.ts";
import { type AskedCommand, askGo } from "./ask-go.ts";
import { createOutside } from "./outside.ts";

export interface FirstRun {
  /** With the blocks of all its actions, as far as they are known. */
  readonly now: RunWithBlocks;
  /** What the cache had before go was started. */
  readonly names: CacheNames;
  /** Look longer, and at more. */
  readonly deep: boolean;
  readonly quiet: boolean;
  readonly process: NodeJS.Process;
  /** For git and go. */
  readonly env: Readonly<Record<string, string>>;
  /** The command, to be asked again without work; null where there is none, or its keys would be wrong under -n. */
  readonly asked: AskedCommand | null;
}

export interface FirstRunAnswer {
  /** Null where nothing fits. */
  readonly explanation: Explanation | null;
  /** A sentence about it without a full stop; null where there is nothing to say. */
  readonly note: string | null;
}

const hashLimit = 200_000;
/** Of our own work: on a machine that others keep busy the clock alone would end it before it has begun. */
const workLimitMs = 3_000;
const clockLimitMs = 9_000;
/** `--deep` */
const deeper = 20;

/** Looks into the cache that a first run found: what was it filled with, so that nothing, or little of it, could be used? */
export async function exploreFirstRun({
  now,
  names,
  deep,
  process,
  env,
  asked,
}: FirstRun): Promise<FirstRunAnswer> {
  const { run } = now;
  if (run.gocache === null || names.keys.size === 0) return { explanation: null, note: null };
  const disk = createOutside(run);
  const ground = groundOf(now, names, disk);
  if (missedBuilds(ground).length === 0) return { explanation: null, note: null };
  const budget = createBudget(deep ? deeper : 1, process);
  const past = await pastOf(run, env);
  const texts = groundWithTexts(ground, past);
  const found = search(texts, names, budget, past);
  const { filling, dryRun } =
    asked === null ? { ...found, dryRun: null } : await confirm(texts, found, asked);
  if (filling === null || filling.found.size === 0 || !(filling.isOwn || found.isNamed)) {
    return {
      explanation: null,
      note: `no earlier run to compare with, and what the cache holds fits none of ${found.tried.length} other settings, versions and places that were tried`,
    };
  }
  const outside: Outside = {
    ...disk,
    earlierText: (content) => texts.disk.earlierText?.(content, "") ?? null,
    heldBefore: (digest) => (ground.cache.has(digest) ? 0 : null),
    contentOf: ground.cache.contentOf,
  };
  return {
    explanation: explainFilling(texts, filling, now, outside, dryRun),
    note: noteOf(filling, dryRun),
  };
}

/** So many dry runs are made to find what no key showed: each takes go half a second. */
const mostAsked = 4;

/** Go itself is asked under what was found; and where nothing was, under what chooses files. */
async function confirm(
  ground: Ground,
  { filling, tried }: Searched,
  asked: AskedCommand,
): Promise<{ filling: Filling | null; dryRun: DryRun | null }> {
  const hide = createHide(randomBytes(32));
  const ask = async (assumptions: readonly Assumption[]) => {
    const change = changeOf(assumptions);
    if (change === null) return null;
    const blocks = await askGo(asked, change);
    if (blocks.length === 0) return null;
    const known = assumptions === filling?.assumptions ? filling.climb : null;
    return withDryRun(
      ground,
      assumptions,
      known,
      blocks.map((block) => hideBlock(block, hide)),
    );
  };
  if (filling?.isOwn) return (await ask(filling.assumptions)) ?? { filling, dryRun: null };
  const given = filling?.assumptions ?? [];
  const taken = new Set(given.map(({ group }) => group));
  const open = tried.filter(({ showsInFiles, group }) => showsInFiles && !taken.has(group));
  let best: Awaited<ReturnType<typeof ask>> = null;
  for (const each of [...(filling === null ? [] : [given]), ...open.map((one) => [...given, one])].slice(
    0,
    mostAsked,
  )) {
    const answer = await ask(each);
    if (answer?.filling.isOwn && answer.filling.found.size > (best?.filling.found.size ?? 0)) best = answer;
  }
  return best ?? { filling, dryRun: null };
}

interface Searched {
  readonly filling: Filling | null;
  readonly tried: readonly Assumption[];
  /** An archive of a main module's package was made by the version of Go that was found. */
  readonly isNamed: boolean;
}

/** From what is cheap to what is dear; it ends where all that ran is found. */
function search(ground: Ground, names: CacheNames, budget: Budget, past: Past): Searched {
  const run = ground.now;
  const goroot = (version: string) => gorootOf(version, run);
  const tried: Assumption[] = [
    ...assumeSettings(run, ground.disk),
    ...[...past].flatMap(([module, states]) => assumeCommits(run, module, states, ground.disk)),
    ...assumeGoLines(run),
  ];
  let filling = findFilling(ground, tried, budget);
  const isComplete = () => filling !== null && filling.found.size === missedBuilds(ground).length;
  if (isComplete()) return { filling, tried, isNamed: false };
  const census = takeCensus(run.gocache ?? "", names.outputs, Object.keys(run.moduleRoots), () =>
    budget.spend(0),
  );
  const seen = [...census.versions.keys()];
  const found = earlierRoots(
    run,
    sourcesOf(run),
    census.own.map(({ head }) => head),
  );
  tried.push(
    ...assumeToolchains(run, seen, goroot),
    ...assumeDirectories(run, directoriesOf(run, found)),
    ...assumeModuleCaches(run, [
      ...new Set([...earlierModuleCaches(run, census.cached), ...usualModuleCaches]),
    ]),
    ...assumeCompilers(run),
  );
  filling = findFilling(ground, tried, budget, filling, true);
  const versions = new Set(census.own.map(({ header }) => header.goVersion));
  const isNamed = filling?.assumptions.some(
    ({ group, label }) => group === "toolchain" && versions.has(label),
  );
  return { filling, tried, isNamed: isNamed === true };
}

/** At which commit the cache was filled, where that is another one, and what go itself says. */
function noteOf({ assumptions }: Filling, dryRun: DryRun | null): string | null {
  const commit = assumptions.find(({ group }) => group.startsWith("commit "));
  const filled = commit === undefined ? [] : [`the cache was filled at ${commit.label}`];
  const labels = assumptions.filter((each) => each !== commit).map(({ label }) => label);
  const under = labels.length === 0 ? "then" : `under ${labels.join(", ")}`;
  const asked =
    dryRun === null || dryRun.hits === 0
      ? []
      : [`${under} ${dryRun.hits} of ${dryRun.of} packages would have been cached (go build -n)`];
  return [...filled, ...asked].join("; ") || null;
}

/** What can be asked about a run and the cache that it found. */
export function groundOf(
  now: RunWithBlocks,
  names: CacheNames,
  outside: ReturnType<typeof createOutside> = createOutside(now.run),
): Ground {
  const { run, blocks } = now;
  const cache = openCache(run.gocache ?? "");
  const start = run.startedAt === null ? Number.POSITIVE_INFINITY : Date.parse(run.startedAt);
  const inputs = new Map<Digest, readonly Segment[] | null>();
  const actions = new Map(run.actions.map((action) => [action.key, action]));
  const contents = new Map<Digest, ShortId | null>();
  return {
    now: run,
    inputsOf(key) {
      const digest = actions.get(key)?.digest ?? null;
      if (digest === null) return null;
      const known = inputs.get(digest);
      if (known !== undefined) return known;
      const block: Block | undefined = blocks.get(digest);
      const fresh = block === undefined || block.hidden ? null : segmentBlock(block);
      inputs.set(digest, fresh);
      return fresh;
    },
    disk: {
      readFile: outside.readFile,
      listDirectory: outside.listDirectory ?? (() => null),
    },
    cache: {
      has(digest) {
        if (!names.keys.has(digest)) return false;
        // What Go has trimmed since was there; what was put since was not.
        const entry = cache.entry(digest);
        return entry === null || entry.putAtMs < start;
      },
      contentOf(digest) {
        const known = contents.get(digest);
        if (known !== undefined) return known;
        const fresh = cache.contentId(digest);
        contents.set(digest, fresh);
        return fresh;
      },
    },
  };
}

type Past = ReadonlyMap<string, readonly PastCommit[]>;

/** So many commits are looked back. */
const mostCommits = 60;

async function pastOf(run: Run, env: Readonly<Record<string, string>>): Promise<Past> {
  const found = await Promise.all(
    Object.entries(run.moduleRoots).map(
      async ([module, root]): Promise<[string, readonly PastCommit[]]> => [
        module,
        existsSync(root) ? await readGitPast(root, mostCommits, env) : [],
      ],
    ),
  );
  return new Map(found);
}

/** Contents that git has, for a package's imports then. */
function groundWithTexts(ground: Ground, past: Past): Ground {
  const texts = new Map<string, string>();
  for (const states of past.values()) {
    for (const { files } of states)
      for (const file of files.values()) if (file) texts.set(file.hash, file.text);
  }
  return { ...ground, disk: { ...ground.disk, earlierText: (content) => texts.get(content) ?? null } };
}

/** @param factor 1 for the limits that hold by default */
export function createBudget(factor: number, process: NodeJS.Process): Budget {
  const until = performance.now() + clockLimitMs * factor;
  const began = process.cpuUsage();
  const worked = (): number => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };
  let left = hashLimit * factor;
  let asked = 0;
  let isOver = false;
  return {
    spend(hashes) {
      left -= hashes;
      // The clock is dearer than a hash.
      if (asked++ % 128 === 0) isOver ||= performance.now() > until || worked() > workLimitMs * factor;
      return left >= 0 && !isOver;
    },
  };
}

/** Where a toolchain lies that `GOTOOLCHAIN` brought. */
function gorootOf(version: string, run: Run): string | null {
  const { GOHOSTOS, GOHOSTARCH } = run.settings.env;
  const path = `${run.gomodcache}/golang.org/toolchain@v0.0.1-${version}.${GOHOSTOS ?? run.goos}-${GOHOSTARCH ?? run.goarch}`;
  return existsSync(path) ? path : null;
}

function directoriesOf(
  run: Run,
  found: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(run.moduleRoots).map(([module, root]) => [
      module,
      [...new Set([...(found.get(module) ?? []).slice(0, 40), ...usualDirectories(module, root)])],
    ]),
  );
}

/** Names of source files of main modules, a few of each. */
function sourcesOf(run: Run): readonly { module: string; tail: string; file: string }[] {
  return Object.entries(run.moduleRoots).flatMap(([module, root]) =>
    run.files
      .filter(({ path }) => path.startsWith(`${root}/`) && path.endsWith(".go"))
      .slice(0, mostSources)
      .map(({ path }) => {
        const below = path.slice(root.length);
        const slash = below.lastIndexOf("/");
        return { module, tail: below.slice(0, slash), file: below.slice(slash + 1) };
      }),
  );
}

const mostSources = 200;
