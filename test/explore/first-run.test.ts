import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assumeCommits, type PastState } from "../../src/explore/assume-commits.ts";
import { assumeDirectories, assumeModuleCaches, usualDirectories } from "../../src/explore/assume-place.ts";
import { assumeSettings } from "../../src/explore/assume-settings.ts";
import { assumeGoLines, assumeToolchains } from "../../src/explore/assume-toolchain.ts";
import type { Ground } from "../../src/explore/climb.ts";
import { explainFilling } from "../../src/explore/explain-filling.ts";
import { type Filling, findFilling, finish, missedBuilds } from "../../src/explore/find-filling.ts";
import type { Disk } from "../../src/keys/outside-values.ts";
import { type Digest, digestOf, type ShortId, shortId } from "../../src/model/ids.ts";
import type { RunWithBlocks } from "../../src/model/run.ts";
import { segmentBlock } from "../../src/model/segments.ts";
import { unquoteInner } from "../../src/util/go-quote.ts";
import { type Fixture, outsideOfFixture, readFixture, runOfFixture } from "../scenarios/fixture.ts";

/** What plain go left in a cache, as keys and contents: that of a recorded real run. Links are not stored. */
type Cache = ReadonlyMap<string, ShortId | null>;

function cacheOf(fixture: Fixture): Cache {
  if (fixture.before === null) return new Map();
  const { run } = runOfFixture(fixture.before, "before", null);
  return new Map(
    run.actions.flatMap(({ kind, digest, contentId }): [string, ShortId | null][] =>
      kind === "link" || digest === null ? [] : [[digest, contentId]],
    ),
  );
}

interface Looked {
  readonly filling: Filling | null;
  /** `code subject: before` of all causes. */
  readonly causes: readonly string[];
  readonly evidence: readonly string[];
  readonly unexplained: readonly string[];
  readonly hashes: number;
}

/** A first run of a fixture's second command on a cache that another filled: nothing of the run before is known, but its keys. */
function look(fixture: Fixture, cache: Cache): Looked {
  const before = fixture.before === null ? null : runOfFixture(fixture.before, "before", null);
  // The history has the inputs of what hit; of what the cache was filled with it has nothing.
  const now: RunWithBlocks = runOfFixture(fixture.now, "now", before);
  const { run, blocks } = now;
  const actions = new Map(run.actions.map((action) => [action.key, action]));
  const outside = outsideOfFixture(fixture);
  const past = pastOf(fixture, run.files);
  const texts = new Map(
    past.flatMap(({ files }) =>
      [...files.values()].flatMap((file) => (file ? [[file.hash, file.text] as const] : [])),
    ),
  );
  const disk: Disk = {
    readFile: outside.readFile,
    listDirectory: outside.listDirectory ?? (() => null),
    earlierText: (content) => texts.get(content as ShortId) ?? null,
  };
  let hashes = 0;
  const ground: Ground = {
    now: run,
    inputsOf(key) {
      const digest = actions.get(key)?.digest ?? null;
      const block = digest === null ? undefined : blocks.get(digest);
      return block === undefined || block.hidden ? null : segmentBlock(block);
    },
    disk,
    cache: { has: (digest) => cache.has(digest), contentOf: (digest) => cache.get(digest) ?? null },
  };
  const [[module = "", root = ""] = []] = Object.entries(run.moduleRoots);
  const earlierRoot = before?.run.moduleRoots[module] ?? root;
  const assumptions = [
    ...assumeSettings(run, disk),
    ...assumeCommits(run, module, past, disk),
    ...assumeGoLines(run),
    ...assumeToolchains(run, ["go1.24.11"], () => null),
    ...assumeDirectories(run, new Map([[module, [...usualDirectories(module, root), earlierRoot]]])),
    ...assumeModuleCaches(run, ["/go/pkg/mod", "/tmp/gocache-why-fixtures/gomodcache"]),
  ];
  const budget = {
    spend(count: number) {
      hashes += count;
      return hashes < 200_000;
    },
  };
  const filling = finish(findFilling(ground, assumptions, budget, null, { withPairs: true }));
  if (filling === null || !filling.isOwn)
    return { filling, causes: [], evidence: [], unexplained: [], hashes };
  const explanation = explainFilling(
    ground,
    filling,
    now,
    {
      ...outside,
      heldBefore: (digest) => (cache.has(digest) ? 0 : null),
      contentOf: (digest) => cache.get(digest) ?? null,
    },
    null,
  );
  const facts = [...explanation.causes.values()].filter(({ fact }) => fact.code !== "vcs-stamp-changed");
  return {
    filling,
    causes: facts.map(({ fact }) => `${fact.code} ${fact.subject}: ${fact.before}`).sort(),
    evidence: facts.map(({ evidence }) => evidence.kind),
    unexplained: explanation.unexplained,
    hashes,
  };
}

/** The one commit that git would know: the files as they were before. */
function pastOf(fixture: Fixture, files: RunWithBlocks["run"]["files"]): readonly PastState[] {
  if (fixture.before === null || fixture.now.directory !== fixture.before.directory) return [];
  const { run } = runOfFixture(fixture.before, "before", null);
  const earlier = outsideOfFixture(fixture).earlierText;
  const changed = run.files.flatMap(({ path, hash }) => {
    if (files.find((file) => file.path === path)?.hash === hash) return [];
    const text = earlier?.(hash, path) ?? null;
    return text === null ? [] : [[path.slice(fixture.now.directory.length + 1), { hash, text }] as const];
  });
  return [
    { revision: "0123456789abcdef0123456789abcdef01234567", time: 0, back: 0, files: new Map(changed) },
  ];
}

const fixture = (name: string): Fixture => readFixture(`go1.26.8/${name}`);

/**
 * What filled the cache → what a first run says of it, and how sure it is. Under -race other files are compiled, so that only packages
 * at the bottom are found; -cover brings packages that the cache never had, which are listed as unexplained.
 */
interface Planted {
  readonly name: string;
  readonly causes: readonly string[];
  readonly evidence?: string;
  /** False where something is left unexplained. */
  readonly isWhole?: boolean;
}

const planted: readonly Planted[] = [
  { name: "flag-race", causes: ["flag-changed -race: null"], evidence: "inferred" },
  { name: "flag-cover", causes: ["flag-changed -cover: null"], evidence: "proven", isWhole: false },
  { name: "flag-trimpath", causes: ["flag-changed -trimpath: null"] },
  { name: "flag-gcflags-all", causes: ["flag-changed -gcflags: null"] },
  { name: "flag-buildmode", causes: ["flag-changed -buildmode: null"] },
  { name: "flag-tags", causes: ["flag-changed -tags: null"] },
  { name: "env-goamd64", causes: ["env-changed GOAMD64: v1"] },
  { name: "env-goexperiment", causes: ["env-changed GOEXPERIMENT: null"] },
  { name: "env-cgo-cflags", causes: ["env-changed CGO_CFLAGS: -O2 -g"] },
  { name: "directory-moved", causes: ["directory-moved example.com/m: /tmp/gocache-why-fixtures/work/m"] },
  { name: "modcache-moved", causes: ["modcache-moved GOMODCACHE: /tmp/gocache-why-fixtures/gomodcache"] },
  { name: "go-directive-changed", causes: ["go-directive-changed example.com/m: 1.21"] },
  { name: "file-edited", causes: ["file-edited internal/errors/errors.go: 8eLVTTc3D-PtfgwpJnZ5"] },
  {
    name: "two-causes",
    causes: ["env-changed CGO_CFLAGS: -O2 -g", "file-edited internal/errors/errors.go: 8eLVTTc3D-PtfgwpJnZ5"],
  },
];

describe("a first run names what filled the cache", () => {
  test.each(planted)("$name", ({ name, causes, evidence = "proven", isWhole = true }) => {
    const found = look(fixture(name), cacheOf(fixture(name)));
    expect(found.causes).toEqual(causes);
    if (isWhole) expect(found.unexplained).toEqual([]);
    expect(found.hashes).toBeLessThan(200_000);
    expect(found.evidence).toContain(evidence);
  });
});

describe("no cause comes out of", () => {
  const first = fixture("env-goamd64");

  test("an empty cache", () => {
    expect(look(first, new Map()).causes).toEqual([]);
  });

  test("a cache that holds other things", () => {
    const others = new Map([...cacheOf(first).keys()].map((key) => [digestOf(key), null] as const));
    expect(look(first, others).causes).toEqual([]);
  });

  test("a cache with the standard library of another build, and nothing of this module", () => {
    const { run } = runOfFixture(first.before ?? first.now, "before", null);
    const standard = new Map(
      run.actions.flatMap(({ kind, package: name, digest, contentId }): [string, ShortId | null][] =>
        kind !== "build" || digest === null || name.startsWith("example.com/") ? [] : [[digest, contentId]],
      ),
    );
    expect(standard.size).toBeGreaterThan(20);
    const found = look(first, standard);
    // It is found that the archives are those of another level, but not that this module was ever built there.
    expect(found.filling?.found.size).toBeGreaterThan(20);
    expect(found.causes).toEqual([]);
  });

  test("a value that no list holds", () => {
    const odd = fixture("env-cgo-cflags");
    const missing = new Map(
      [...cacheOf(odd)].filter(([key]) => {
        const block = runOfFixture(odd.before ?? odd.now, "before", null).blocks.get(key as Digest);
        return block?.lines.every((line) => !/^CC=|CGO_CFLAGS/.test(line)) === true;
      }),
    );
    expect(look(odd, missing).causes).toEqual([]);
  });
});

test("the worked example of docs/how-it-works.md adds up", () => {
  const text = readFileSync(new URL("../../docs/how-it-works.md", import.meta.url), "utf8");
  const part = text.slice(text.indexOf("## A first run"), text.indexOf("## By hand"));
  const [, quoted = ""] = /```\n("go1[\s\S]*?)```/.exec(part) ?? [];
  const lines = quoted
    .trim()
    .split("\n")
    .map((line) => unquoteInner(line.slice(1, -1)) ?? "");
  const digests = [...part.matchAll(/`([0-9a-f]{64})`/g)].map(([, hex]) => hex);
  expect(digestOf(lines.join(""))).toBe(digests[0]);
  const assumed = lines.map((line) => (line === "GOAMD64=v2\n" ? "GOAMD64=v1\n" : line));
  expect(digestOf(assumed.join(""))).toBe(digests[1]);
  const example = fixture("env-goamd64");
  expect(cacheOf(example).has(digests[1] ?? "")).toBe(true);
  const now = runOfFixture(example.now, "now", null).run.actions;
  expect(now.find(({ key }) => key === "build internal/goarch")?.id).toBe(shortId(digests[0] as Digest));
  expect(missedBuilds({ now: runOfFixture(example.now, "now", null).run }).length).toBeGreaterThan(20);
});
