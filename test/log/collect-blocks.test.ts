import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block } from "../../src/log/block.ts";
import {
  type CollectedLog,
  type CollectOptions,
  createBlockCollector,
} from "../../src/log/collect-blocks.ts";
import { type Digest, digestOf } from "../../src/log/ids.ts";
import type { LogEvent } from "../../src/log/log-event.ts";
import { createLogParser } from "../../src/log/parse-log.ts";
import { recordedLogs } from "./arbitraries.ts";

function collect(events: Iterable<LogEvent>, options: CollectOptions = {}): CollectedLog {
  const collector = createBlockCollector(options);
  for (const event of events) collector.take(event);
  return collector.finish();
}

function collectLog(log: string | Uint8Array): CollectedLog {
  const collector = createBlockCollector();
  const parser = createLogParser((event) => collector.take(event));
  parser.push(typeof log === "string" ? Buffer.from(log, "latin1") : log);
  parser.end();
  return collector.finish();
}

/** What one goroutine prints. */
function printed(name: string, lines: readonly string[]): LogEvent[] {
  return [
    { type: "begin", name },
    ...lines.map((bytes): LogEvent => ({ type: "write", name, bytes })),
    { type: "sum", name, digest: digestOf(lines.join("")) },
  ];
}

/** Sequences merged by `picks`; each keeps its own order. */
function merge<T>(sequences: readonly (readonly T[])[], picks: readonly number[]): T[] {
  const rest = sequences.map((each) => [...each]).filter((each) => each.length > 0);
  const out: T[] = [];
  for (let at = 0; rest.length > 0; at++) {
    const chosen = (picks[at % Math.max(1, picks.length)] ?? 0) % rest.length;
    const sequence = rest[chosen];
    const first = sequence?.shift();
    if (first !== undefined) out.push(first);
    if (sequence?.length === 0) rest.splice(chosen, 1);
  }
  return out;
}

const picks = fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 });

function expectVerified(log: CollectedLog): void {
  for (const [digest, block] of log.blocks) {
    expect(block.digest).toBe(digest);
    expect(digestOf(block.lines.join(""))).toBe(digest);
  }
}

const sample = collectLog(recordedLogs()[0]?.log ?? Buffer.alloc(0));
const realBlocks = [...sample.blocks.values()];

describe("recorded logs", () => {
  it.each(recordedLogs())("all blocks of $name are verified", ({ log }) => {
    const collected = collectLog(log);
    expect(collected.blocks.size).toBeGreaterThan(20);
    expect(collected.problems).toEqual([]);
    expectVerified(collected);
  });

  it("their blocks interleaved at random are the same blocks", () => {
    const names = new Set<string>();
    const different = realBlocks.filter(({ name }) => !names.has(name) && names.add(name));
    expect(different.length).toBeGreaterThan(20);
    fc.assert(
      fc.property(picks, (order) => {
        const events = merge(
          different.map((block) => printed(block.name, block.lines)),
          order,
        );
        const collected = collect(events);
        expect(collected.problems).toEqual([]);
        expect([...collected.blocks.keys()].sort()).toEqual(different.map((each) => each.digest).sort());
        for (const block of different) expect(collected.blocks.get(block.digest)).toEqual(block);
      }),
      { numRuns: 20 },
    );
  });
});

/** A package, built again for tests: `forcelibrary`, then with its test files and their imports too. */
function variants(block: Block): readonly (readonly string[])[] {
  const kind = block.lines.findIndex((line) => line.startsWith("omitdebug "));
  const again = [...block.lines.slice(0, kind + 1), "forcelibrary\n", ...block.lines.slice(kind + 1)];
  const files = again.findLastIndex((line) => line.startsWith("file "));
  const tested = [
    ...again.slice(0, files + 1),
    "file own_test.go AAAAAAAAAAAAAAAAAAAA\n",
    ...again.slice(files + 1),
    "import testing AAAAAAAAAAAAAAAAAAAA\n",
  ];
  return [block.lines, again, tested];
}

describe("blocks of one name that are open at once", () => {
  const builds = realBlocks.filter((block) => block.name.startsWith("build ") && block.lines.length < 40);

  it("are dealt out right, or reported: never a block that is not what its digest says", () => {
    let right = 0;
    let runs = 0;
    fc.assert(
      fc.property(
        fc.nat({ max: builds.length - 1 }),
        fc.integer({ min: 2, max: 3 }),
        picks,
        (at, many, order) => {
          const block = builds[at] as Block;
          const written = variants(block).slice(0, many);
          const collected = collect(
            merge(
              written.map((lines) => printed(block.name, lines)),
              order,
            ),
          );
          expectVerified(collected);
          const unproven = collected.problems.filter((each) => each.code === "unproven-block").length;
          expect(collected.blocks.size + unproven).toBe(many);
          runs++;
          if (unproven === 0) right++;
        },
      ),
      { numRuns: 60, seed: 1 },
    );
    // Line by line at random is far worse than what goroutines do; still nearly all can be told apart.
    expect(right / runs).toBeGreaterThan(0.9);
  });

  it("as goroutines mix them (a few switches) all are dealt out right", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: builds.length - 1 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 3 }),
        (at, runs) => {
          const block = builds[at] as Block;
          const order = runs.flatMap((length, turn) => Array.from({ length }, () => turn));
          // Then each goes on to its end.
          order.push(...Array.from({ length: 100 }, () => 0));
          const written = variants(block);
          const collected = collect(
            merge(
              written.map((lines) => printed(block.name, lines)),
              order,
            ),
          );
          expect(collected.problems).toEqual([]);
          expect(collected.blocks.size).toBe(written.length);
          expectVerified(collected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("a link with GOEXPERIMENT, logged twice at once, is dealt out too", () => {
    const lines = [
      "go1.26.8",
      "link\n",
      "buildmode default goos linux goarch amd64\n",
      'import "example.com/m"\n',
      'omitdebug false standard false local false prefix ""\n',
      'defaultgodebug ""\n',
      "link link version go1.26.8 X:loopvar [] exe\n",
      "linkflags []\n",
      "GOAMD64=v1\n",
      'GOEXPERIMENT="loopvar"\n',
      "GOROOT=/go\n",
      "GO_EXTLINK_ENABLED=\n",
      "packagefile example.com/m=AAAAAAAAAAAAAAAAAAAA\n",
    ];
    const other = [...lines.slice(0, -1), "packagefile example.com/m=BBBBBBBBBBBBBBBBBBBB\n"];
    const name = "link example.com/m";
    for (const order of [
      [0, 1],
      [0, 0, 1],
      [0, 0, 0, 1, 1],
    ]) {
      const collected = collect(merge([printed(name, lines), printed(name, other)], order));
      expect(collected.problems).toEqual([]);
      expect([...collected.blocks.keys()].sort()).toEqual(
        [digestOf(lines.join("")), digestOf(other.join(""))].sort(),
      );
    }
  });

  it("one process stops in the middle: the others' blocks of that name are still found", () => {
    const block = builds[0] as Block;
    const [plain = [], forTests = []] = variants(block);
    const torn = printed(block.name, plain).slice(0, 7);
    for (const order of [[0], [0, 1], [0, 0, 0, 1]]) {
      const collected = collect(merge([torn, printed(block.name, forTests)], order));
      expectVerified(collected);
      expect([...collected.blocks.keys()]).toEqual([digestOf(forTests.join(""))]);
      expect(collected.problems.map((each) => each.code)).toEqual(["unfinished-block"]);
    }
  });

  it("a block that was given up before thousands of others of its name spoils nothing", () => {
    const given: LogEvent[] = printed("open", ["go1.26.8", "stat 1 1a4\n"]).slice(0, 2);
    const events = [...given];
    for (let at = 0; at < 20_000; at++) events.push(...printed("open", ["go1.26.8", `stat ${at} 1a4\n`]));
    events.push(...printed("build a", ["go1.26.8", "compile\n"]));
    const started = performance.now();
    const collected = collect(events, { wanted: () => true });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(collected.blocks.size).toBe(20_001);
    expect(collected.problems.map((each) => each.code)).toEqual(["unfinished-block"]);
  });

  it("lines that can't be dealt out end in time, and are reported", () => {
    // Four equal blocks with one damaged line: no assignment hashes.
    const lines = [
      "go1.26.8",
      "compile\n",
      ...Array.from({ length: 12 }, (_, at) => `file f${at}.go AAAA\n`),
    ];
    const written = [0, 1, 2, 3].map((each) => printed("build a", [...lines, `file ${each}.go AAAA\n`]));
    const events = merge(written, [0, 1, 2, 3]).filter(
      (event) => !(event.type === "write" && event.bytes === "file 3.go AAAA\n"),
    );
    const started = performance.now();
    const collected = collect(events);
    expect(performance.now() - started).toBeLessThan(10_000);
    expectVerified(collected);
    expect(collected.problems.some((each) => each.code === "unproven-block")).toBe(true);
  });
});

describe("what does not add up", () => {
  const lines = ["go1.26.8", "compile\n"];

  it("a block with a line too few or too many is unproven, and not among the blocks", () => {
    const events = printed("build a", lines);
    const without = events.filter((_event, at) => at !== 2);
    const more = [
      ...events.slice(0, 2),
      { type: "write", name: "build a", bytes: "x\n" } as const,
      ...events.slice(2),
    ];
    for (const broken of [without, more]) {
      const collected = collect(broken);
      expect(collected.blocks.size).toBe(0);
      expect(collected.problems.map((each) => each.code)).toEqual(["unproven-block"]);
    }
  });

  it("a block without a digest is unfinished", () => {
    const collected = collect(printed("build a", lines).slice(0, -1));
    expect(collected.blocks.size).toBe(0);
    expect(collected.problems).toEqual([
      { code: "unfinished-block", message: '"build a" has no digest: the log ends in it, or it was cut' },
    ]);
  });

  it("lines and digests without their block are orphans", () => {
    const collected = collect(printed("build a", lines).slice(1));
    expect(collected.problems.map((each) => each.code)).toEqual([
      "orphan-line",
      "orphan-line",
      "orphan-line",
    ]);
    const late = collect([...printed("build a", lines), { type: "write", name: "build a", bytes: "x\n" }]);
    expect(late.problems.map((each) => each.code)).toEqual(["orphan-line"]);
    expect(late.blocks.size).toBe(1);
  });

  it("a torn line shows no value", () => {
    const collected = collectLog('HASH[link a]: "linkflags [\\"-X\\" \\"main.token=s3crHASH[build b]\n');
    expect(collected.problems.map((each) => each.code)).toEqual(["damaged-line"]);
    expect(collected.problems[0]?.message).not.toContain("s3cr");
  });

  it("thousands of problems are counted, not kept", () => {
    const collected = collectLog("HASH[\n".repeat(5000));
    expect(collected.problems.length).toBeLessThan(300);
    expect(collected.problems.at(-1)?.message).toContain("4800 more");
  });
});

describe("gccCompilerID", () => {
  it("has two digests: the second covers all lines since the first", () => {
    const name = "gccCompilerID";
    const first = ["go1.26.8", 'gccCompilerID "/usr/bin/gcc"'];
    const second = 'gccCompilerID ["/usr/bin/gcc" "/usr/libexec/cc1"] "gcc version 14"';
    const events: LogEvent[] = [
      ...printed(name, first),
      { type: "write", name, bytes: second },
      { type: "sum", name, digest: digestOf([...first, second].join("")) },
      ...printed(name, ["go1.26.8", 'gccCompilerID "/usr/bin/g++"']),
    ];
    const collected = collect(events, { wanted: () => true });
    expect(collected.problems).toEqual([]);
    expectVerified(collected);
    expect([...collected.blocks.values()].map((block) => block.lines.length)).toEqual([2, 3, 2]);
  });
});

describe("what else a log tells", () => {
  it("keeps the first subkey of a key", () => {
    const key = digestOf("a");
    const subkey = (description: string): LogEvent => ({
      type: "subkey",
      parent: key,
      description,
      digest: digestOf(description),
    });
    expect([...collect([subkey("srcfiles"), subkey("stdout")]).firstSubkey]).toEqual([[key, "srcfiles"]]);
  });

  it("knows compile and link commands by their build IDs", () => {
    const id = "AbCdEfGhIjKlMnOpQr-_";
    const text = [
      "WORK=/tmp/go-build1",
      `/go/pkg/tool/linux_amd64/compile -o $WORK/b001/_pkg_.a -trimpath "$WORK/b001=>" -p a -buildid ${id}/${id} -goversion go1.26.8`,
      `GOROOT='/go' /go/pkg/tool/linux_amd64/link -o $WORK/b001/exe/a.out -buildid=${id.toLowerCase()}/x/y/z -extld=gcc`,
      `echo -buildid ${id.toUpperCase()}/x`,
    ].join("\n");
    const collected = collectLog(text);
    expect(collected.hasCommands).toBe(true);
    expect([...collected.commands]).toEqual([
      [id, "compile"],
      [id.toLowerCase(), "link"],
    ]);
  });

  it("hides values after a block was verified, and counts them", () => {
    const lines = ["go1.26.8", "link\n", "secret\n"];
    const collected = collect(printed("link a", lines), {
      hide: (_name, found) => ({ lines: found.map((line) => line.replace("secret", "<hidden>")), hidden: 1 }),
    });
    const digest = digestOf(lines.join("")) as Digest;
    expect(collected.blocks.get(digest)).toEqual({
      digest,
      name: "link a",
      lines: ["go1.26.8", "link\n", "<hidden>\n"],
      hidden: true,
    });
    expect(collected.hiddenValues).toBe(1);
  });
});
