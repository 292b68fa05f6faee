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
import { type Budget, createClimb, type Ground, importsOf } from "../../explore/climb.ts";
import { changeOf, type DryRun, withDryRun } from "../../explore/dry-run.ts";
import { earlierModuleCaches, earlierRoots } from "../../explore/earlier-places.ts";
import { explainFilling } from "../../explore/explain-filling.ts";
import { type Filling, findFilling, missedBuilds, type Search } from "../../explore/find-filling.ts";
import { longHeadSize } from "../../go/archive-headers.ts";
import { openCache } from "../../go/cache.ts";
import { type Census, takeCensus } from "../../go/cache-census.ts";
import type { CacheNames } from "../../go/cache-names.ts";
import { type PastCommit, readGitPast } from "../../go/git-past.ts";
import type { NotedCache } from "../../go/noted-cache.ts";
import { createHide } from "../../log/hide-secrets.ts";
import { type Digest, isDigest, type ShortId } from "../../model/ids.ts";
import { hideBlock } from "../../model/redact-run.ts";
import type { Block, Run, RunAction, RunWithBlocks } from "../../model/run.ts";
import { type Segment, segmentBlock } from "../../model/segments.ts";
import { countText, numberText } from "../../report/wording/numbers.ts";
import { withLiveLine } from "../live-line.ts";
import { type AskedCommand, askGo, canBeAsked } from "./ask-go.ts";
import { createOutside } from "./outside.ts";
import { storedTestLogs } from "./stored-test-logs.ts";

export interface FirstRun {
  /** With the blocks of all its actions, as far as they are known. */
  readonly now: RunWithBlocks;
  /** What the cache had before go was started. */
  readonly names: CacheNames;
  /** What go may have trimmed since; null where no trim was due. */
  readonly noted: NotedCache | null;
  /** Look longer, and at more. */
  readonly deep: boolean;
  /** No live line. */
  readonly quiet: boolean;
  readonly process: NodeJS.Process;
  /** For git. */
  readonly env: Readonly<Record<string, string>>;
  /** The command, to be asked again without work; null where there is none, or its keys would be wrong under -n. */
  readonly asked: AskedCommand | null;
  /** Ends the go that is asked. */
  readonly signal?: AbortSignal;
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
/** A live line comes where it takes longer. */
const patienceMs = 700;

/** Looks into the cache that a first run found: what was it filled with, so that nothing, or little of it, could be used? */
export async function exploreFirstRun(input: FirstRun): Promise<FirstRunAnswer> {
  const { now, names, process, quiet } = input;
  if (now.run.gocache === null || !hasEarlier(names, now.run)) return { explanation: null, note: null };
  const tests = storedTestLogs(now.run, names);
  if (missedBuilds({ now: now.run }).length === 0) {
    return {
      explanation: null,
      note: tests === null ? null : `there is no earlier run to compare with; ${tests}`,
    };
  }
  let tried = 0;
  const waiting = {
    process,
    quiet,
    after: patienceMs,
    text: (seconds: number) => ({
      head: `looking into the cache for what filled it, ${Math.floor(seconds)} s`,
      tail: tried === 0 ? "" : `, ${numberText(tried)} hashes`,
    }),
  };
  const answer = await withLiveLine(waiting, () =>
    look(input, (hashes) => {
      tried = hashes;
    }),
  );
  const notes = [answer.note, tests].flatMap((note) => note ?? []);
  return { ...answer, note: notes.length === 0 ? null : notes.join("; ") };
}

/** Go has begun to fill an empty cache when its names are read. */
function hasEarlier({ keys }: CacheNames, { gocache, startedAt }: Run): boolean {
  const cache = openCache(gocache ?? "");
  const start = startedAt === null ? Number.POSITIVE_INFINITY : Date.parse(startedAt);
  for (const key of keys) {
    const entry = isDigest(key) ? cache.entry(key) : null;
    // What is trimmed by now was there.
    if (entry === null || entry.putAtMs < start) return true;
  }
  return false;
}

async function look(
  { now, names, noted, deep, process, env, asked, signal }: FirstRun,
  onProgress: (hashes: number) => void,
): Promise<FirstRunAnswer> {
  const { run } = now;
  const disk = createOutside(run);
  const ground = groundOf(now, names, disk, noted);
  const budget = createBudget(deep ? deeper : 1, process);
  const past = await pastOf(run, env);
  const texts = groundWithTexts(ground, past);
  const searched = await withPauses(search(texts, names, noted, budget, past), () =>
    onProgress(budget.spent()),
  );
  const { filling, dryRun } =
    asked === null
      ? { ...searched, dryRun: null }
      : await confirm(
          texts,
          searched,
          asked,
          process,
          AbortSignal.any([budget.signal(), ...(signal === undefined ? [] : [signal])]),
        );
  if (filling === null || !(filling.isOwn || searched.isNamed)) {
    return { explanation: null, note: nothingFits(searched.tried, filling, budget.isOver(), deep) };
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

/** So long nothing else is done, in milliseconds: timers turn the live line, signals come. */
const sliceMs = 40;

async function withPauses<T>(steps: Search<T>, onPause: () => void): Promise<T> {
  let until = performance.now() + sliceMs;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < until) continue;
    onPause();
    await new Promise((resolve) => setImmediate(resolve));
    until = performance.now() + sliceMs;
  }
}

/** So many dry runs are made: each takes go half a second. */
const mostAsked = 5;

/**
 * Go itself is asked under what was found, unless each key that missed was made again and is there: nothing is surer. Where nothing of
 * this module was found, it is asked under what chooses files, and what else the cache has of the standard library. What no
 * go command can be told, as another directory, is looked for once more on top of its answer.
 */
async function confirm(
  ground: Ground,
  { filling, tried }: Searched,
  asked: AskedCommand,
  process: NodeJS.Process,
  signal: AbortSignal,
): Promise<{ filling: Filling | null; dryRun: DryRun | null }> {
  const hide = createHide(randomBytes(32));
  const missed = missedBuilds(ground).length;
  const isWhole = ({ found, absent }: Filling) => found.size + (absent?.size ?? 0) >= missed;
  const ask = async (assumptions: readonly Assumption[]) => {
    const change = changeOf(assumptions);
    if (change === null || signal.aborted || !canBeAsked(asked.goVersion, change)) return null;
    const blocks = await askGo(asked, change, signal);
    if (blocks.length === 0) return null;
    const known = assumptions === filling?.assumptions ? filling.climb : null;
    const hidden = blocks.map((block) => hideBlock(block, hide));
    const answer = withDryRun(ground, assumptions, known, hidden);
    if (answer.dryRun.hits === 0 || isWhole(answer.filling)) return answer;
    const more = createBudget(1 / 3, process);
    const whole = await withPauses(findFilling(ground, tried, more, answer.filling), () => {});
    const absent = answer.filling.absent ?? new Set<string>();
    return { filling: { ...(whole ?? answer.filling), absent }, dryRun: answer.dryRun };
  };
  if (filling !== null && isWhole(filling)) return { filling, dryRun: null };
  const given = (filling?.assumptions ?? []).filter(({ asRun }) => asRun !== null);
  const taken = new Set(given.map(({ group }) => group));
  const open = ["CGO_ENABLED", "-tags", "-cover"].flatMap((name) =>
    taken.has(name) ? [] : tried.filter(({ showsInFiles, group }) => showsInFiles && group === name),
  );
  const families = given.some(({ standsIn }) => standsIn === "every key")
    ? []
    : tried.filter((one) => isFamily(ground, one));
  const sets = [
    ...(filling === null || given.length === 0 ? [] : [same(given, filling.assumptions)]),
    ...[...families, ...open].map((one) => [...given, one]),
  ];
  let best: { filling: Filling; dryRun: DryRun | null } | null =
    filling === null ? null : { filling, dryRun: null };
  for (const each of sets.slice(0, mostAsked)) {
    const answer = await ask(each);
    if (answer?.filling.isOwn && isBetter(answer, best)) best = answer;
    if (best?.dryRun != null && isWhole(best.filling)) break;
  }
  return best ?? { filling: null, dryRun: null };
}

/** The second list itself where both have the same, so that it can be told by identity. */
function same<T>(one: readonly T[], other: readonly T[]): readonly T[] {
  return one.length === other.length ? other : one;
}

/** More was found; or as much, and go itself says so. */
function isBetter(
  answer: { filling: Filling; dryRun: DryRun },
  best: { filling: Filling; dryRun: DryRun | null } | null,
): boolean {
  if (best === null || !best.filling.isOwn) return true;
  const [size, known] = [answer.filling.found.size, best.filling.found.size];
  return size > known || (size === known && best.dryRun === null);
}

/** The cache has a package at the bottom of the graph as it would be under something that stands in every key, whatever ran now. */
function isFamily(ground: Ground, one: Assumption): boolean {
  if (one.standsIn !== "every key") return false;
  const climb = createClimb(ground, [one], { spend: () => true }, null, "lines");
  return leavesOf(ground).some(({ key, digest }) => {
    const found = climb.resolve(key);
    return found !== null && found.action.digest !== digest;
  });
}

/** So many packages that import nothing are asked about. */
const mostLeaves = 4;

function leavesOf({ now, inputsOf }: Ground): readonly RunAction[] {
  return now.actions
    .filter(({ kind, key }) => {
      const inputs = kind === "build" ? inputsOf(key) : null;
      return inputs !== null && importsOf(inputs).length === 0;
    })
    .slice(0, mostLeaves);
}

interface Searched {
  readonly filling: Filling | null;
  readonly tried: readonly Assumption[];
  /** An archive of a main module's package was made by the version of Go that was found. */
  readonly isNamed: boolean;
}

/** From what is cheap to what is dear; it ends where all that ran is found. */
function* search(
  ground: Ground,
  names: CacheNames,
  noted: NotedCache | null,
  budget: Budget,
  past: Past,
): Search<Searched> {
  const run = ground.now;
  const goroot = (version: string) => gorootOf(version, run);
  const tried: Assumption[] = [
    ...assumeSettings(run, ground.disk),
    ...[...past].flatMap(([module, states]) => assumeCommits(run, module, states, ground.disk)),
    ...assumeGoLines(run),
  ];
  let filling = yield* findFilling(ground, tried, budget, null, { untilOthers: true });
  const alone = new Set(filling === null || filling.isOwn ? tried : []);
  const isComplete = () => filling !== null && filling.found.size === missedBuilds(ground).length;
  if (isComplete()) return { filling, tried, isNamed: false };
  const goesOn = () => budget.spend(0);
  const modules = Object.keys(run.moduleRoots);
  const look = (headSize?: number) => takeCensus(run.gocache ?? "", names.outputs, modules, goesOn, headSize);
  let census = noted?.census ?? (yield* look());
  const sources = sourcesOf(run);
  const rootsIn = ({ own }: Census) =>
    earlierRoots(
      run,
      sources,
      own.map(({ head }) => head),
    );
  let found = rootsIn(census);
  if (found.size === 0 && noted === null) {
    census = yield* look(longHeadSize);
    found = rootsIn(census);
  }
  const seen = [...census.versions.keys()];
  tried.push(
    ...assumeToolchains(run, seen, goroot, census.isWhole),
    ...assumeDirectories(
      run,
      directoriesOf(run, found),
      new Set([...found.values()].flatMap((roots) => roots.slice(0, mostShown))),
    ),
    ...assumeModuleCaches(run, [
      ...new Set([...earlierModuleCaches(run, census.cached), ...usualModuleCaches]),
    ]),
    ...assumeCompilers(run),
  );
  filling = yield* findFilling(ground, tried, budget, filling, { withPairs: true, alone });
  const versions = new Set(census.own.map(({ header }) => header.goVersion));
  const isNamed = filling?.assumptions.some(
    ({ group, label }) => group === "toolchain" && versions.has(label),
  );
  return { filling, tried, isNamed: isNamed === true };
}

/** Of directories that archives name so many are tried together with something else. */
const mostShown = 6;

/** At which commit the cache was filled, where that is another one, and what go itself says. */
function noteOf({ assumptions }: Filling, dryRun: DryRun | null): string | null {
  const commit = assumptions.find(({ group }) => group.startsWith("commit "));
  const filled = commit === undefined ? [] : [`the cache was filled at ${commit.label}`];
  const others = assumptions.filter((each) => each !== commit).map(asTold);
  const told =
    dryRun === null || dryRun.hits === 0
      ? []
      : [
          `${listed(commit === undefined ? others : ["at that commit", ...others])}, go would have found ` +
            `${dryRun.hits === dryRun.of ? "all" : `${numberText(dryRun.hits)} of`} ${countText(dryRun.of, "package")} ` +
            "in the cache (a dry run, go -n)",
        ];
  return [...filled, ...told].join("; ") || null;
}

/** `without -race`, `with GOAMD64=v1`, `in /builds/x/app`. */
function asTold({ label, group }: Assumption): string {
  if (label.startsWith("without ")) return label;
  return `${group.startsWith("directory ") ? "in" : "with"} ${label}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Kinds of guesses, by their groups, as people name them. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^toolchain$/, "Go versions"],
  [/^-/, "flags"],
  [/^GO(?!MODCACHE)/, "architecture levels and experiments"],
  [/^CGO_|^CC$/, "cgo settings and C compilers"],
  [/^(directory |GOMODCACHE)/, "directories"],
  [/^go line$/, "go lines"],
  [/^commit /, "commits"],
];

/** @param other what the cache has of packages that are not this module's own */
function nothingFits(
  tried: readonly Assumption[],
  other: Filling | null,
  isOver: boolean,
  deep: boolean,
): string {
  const names = kinds.flatMap(([form, name]) => (tried.some(({ group }) => form.test(group)) ? name : []));
  const looked =
    `looked into the cache instead: none of ${numberText(tried.length)} guesses (${names.join(", ")}) leads to ` +
    "an entry that this build would have used";
  const rest =
    other === null || other.found.size === 0
      ? ""
      : `; of other packages it has ${numberText(other.found.size)} as they are built ${listed(other.assumptions.map(asTold))}`;
  const longer = isOver ? `; the time was up${deep ? "" : ", gocache-why cold --deep looks longer"}` : "";
  return `there is no earlier run to compare with; ${looked}${rest}${longer}`;
}

/** What can be asked about a run and the cache that it found. */
export function groundOf(
  now: RunWithBlocks,
  names: CacheNames,
  outside: ReturnType<typeof createOutside> = createOutside(now.run),
  noted: NotedCache | null = null,
): Ground {
  const { run, blocks } = now;
  const cache = openCache(run.gocache ?? "");
  const start = run.startedAt === null ? Number.POSITIVE_INFINITY : Date.parse(run.startedAt);
  const inputs = new Map<string, readonly Segment[] | null>();
  const actions = new Map(run.actions.map((action) => [action.key, action]));
  const contents = new Map<Digest, ShortId | null>();
  const held = new Map<Digest, boolean>();
  return {
    now: run,
    inputsOf(key) {
      const known = inputs.get(key);
      if (known !== undefined) return known;
      const digest = actions.get(key)?.digest ?? null;
      const block: Block | undefined = digest === null ? undefined : blocks.get(digest);
      const fresh = block === undefined || block.hidden ? null : segmentBlock(block);
      inputs.set(key, fresh);
      return fresh;
    },
    disk: {
      readFile: outside.readFile,
      listDirectory: outside.listDirectory ?? (() => null),
    },
    cache: {
      has(digest) {
        if (!names.keys.has(digest)) return false;
        const known = held.get(digest);
        if (known !== undefined) return known;
        // What Go has trimmed since was there; what was put since was not.
        const entry = cache.entry(digest);
        const fresh = entry === null || entry.putAtMs < start;
        held.set(digest, fresh);
        return fresh;
      },
      contentOf(digest) {
        const known = contents.get(digest);
        if (known !== undefined) return known;
        const fresh = cache.contentId(digest) ?? noted?.contentOf(digest) ?? null;
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

export interface Limits extends Budget {
  /** Hashes so far. */
  spent(): number;
  isOver(): boolean;
  /** Ends what others do for it. */
  signal(): AbortSignal;
}

/** @param factor 1 for the limits that hold by default */
export function createBudget(factor: number, process: NodeJS.Process): Limits {
  const until = performance.now() + clockLimitMs * factor;
  const began = process.cpuUsage();
  const worked = (): number => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };
  let spent = 0;
  let asked = 0;
  let lookedAt = 0;
  let isLate = false;
  // The clock is dearer than a hash, and what a process has worked is dearer than the clock.
  const look = () => {
    const now = performance.now();
    if (now - lookedAt < betweenLooksMs) return;
    lookedAt = now;
    isLate ||= now > until || worked() > workLimitMs * factor;
  };
  const isOver = () => spent > hashLimit * factor || isLate;
  return {
    spent: () => spent,
    isOver,
    // A dry run is worth a little more time than is left.
    signal: () => AbortSignal.timeout(Math.ceil(Math.max(until - performance.now(), leastForGoMs))),
    spend(hashes) {
      spent += hashes;
      if (asked++ % 16 === 0) look();
      return !isOver();
    },
  };
}

const betweenLooksMs = 10;

const leastForGoMs = 2_000;

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
