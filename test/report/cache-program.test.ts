import { describe, expect, test } from "vitest";
import type { CacheLookup, CacheTrace } from "../../src/model/cache-trace.ts";
import type { ShortId } from "../../src/model/ids.ts";
import type { Run, RunAction } from "../../src/model/run.ts";
import { cacheProgramOf } from "../../src/report/cache-program.ts";
import { mergeCachePrograms } from "../../src/report/merge-cache-programs.ts";
import type { Report, ReportCacheProgram } from "../../src/report/report.ts";
import { cacheProgramLines } from "../../src/report/wording/cache-program.ts";

const traffic = {
  requests: 0,
  hits: 0,
  misses: 0,
  errors: 0,
  flawed: 0,
  unanswered: 0,
  bytes: 0,
  seconds: 0,
};

function lookup(key: string, more: Partial<CacheLookup>): CacheLookup {
  return { key, got: null, gotBytes: 0, gotSeconds: 0, put: null, putBytes: 0, putSeconds: 0, ...more };
}

function runOf(id: string, actions: readonly Partial<RunAction>[], lookups?: readonly CacheLookup[]): Run {
  const trace: CacheTrace = {
    commands: ["get", "put", "close"],
    end: "closed",
    status: 0,
    gets: traffic,
    puts: traffic,
    waitSeconds: 0,
    errors: [],
    lookups: lookups ?? [],
  };
  return {
    id,
    actions: actions.map((action) => ({ kind: "build", failed: false, seconds: null, ...action })),
    ...(lookups === undefined ? {} : { cacheTrace: trace }),
  } as unknown as Run;
}

const id = (text: string) => text.padEnd(20, "-") as ShortId;
const a = { key: "build a", id: id("a") };
const b = { key: "build b", id: id("b") };

describe("what a trace is judged by", () => {
  test("a run without one has no part", () => {
    expect(cacheProgramOf(runOf("now", [a]), [])).toBeNull();
  });

  test("work is that of the newest run that did it", () => {
    const now = runOf(
      "now",
      [
        { ...a, outcome: "hit" },
        { ...b, outcome: "hit" },
      ],
      [
        lookup("build a", { got: "hit", gotSeconds: 0.24 }),
        lookup("build b", { got: "hit", gotSeconds: 0.24 }),
      ],
    );
    const earlier = [
      runOf("newer", [
        { ...a, outcome: "hit", seconds: 0 },
        { ...b, outcome: "ran", seconds: 0.3 },
      ]),
      runOf("middle", [{ ...a, outcome: "ran", seconds: 0.09 }]),
      runOf("oldest", [
        { ...a, outcome: "ran", seconds: 2 },
        { ...b, outcome: "ran", seconds: 0.1 },
      ]),
    ];
    expect(cacheProgramOf(now, earlier)?.slower).toEqual([
      { key: "build a", seconds: 0.24, workSeconds: 0.09, run: "middle" },
    ]);
  });

  test("a miss was put by a run, by none, or by this one; under another key it was not", () => {
    const now = runOf(
      "now",
      [a, b, { key: "build c", id: id("c") }, { key: "link a", id: id("l"), kind: "link" }],
      [
        lookup("build a", { got: "miss", put: "error" }),
        lookup("build b", { got: "miss" }),
        lookup("build c", { got: "miss", put: "done" }),
        lookup("link a", { got: "miss" }),
      ],
    );
    const put = [lookup("build a", { put: "done" }), lookup("build b", { put: "done" })];
    const earlier = [runOf("x", [a, { key: "build b", id: id("another") }], put)];
    expect(cacheProgramOf(now, earlier)).toMatchObject({
      lost: [{ key: "build a", run: "x" }],
      neverPut: ["build b"],
    });
  });
});

const part: ReportCacheProgram = {
  commands: ["get", "put", "close"],
  end: "closed",
  status: 0,
  gets: { ...traffic, requests: 606, hits: 600, misses: 4, errors: 2, bytes: 56_000_000 },
  puts: { ...traffic, requests: 8, bytes: 512 },
  waitSeconds: 5.23,
  errors: [{ text: "no route to host", count: 2 }],
  slower: [{ key: "build net/http", seconds: 0.24, workSeconds: 0.09, run: "r" }],
  neverPut: ["build example.com/m/a", "build example.com/m/b", "build c", "build d"],
  lost: [{ key: "vet example.com/m/a", run: "r" }],
  actions: [lookup("build example.com/m/e", { got: "hit", flaw: "no-file" })],
};

function linesOf(cacheProgram: ReportCacheProgram): string[] {
  return cacheProgramLines({ cacheProgram, now: { module: "example.com/m" } } as unknown as Report);
}

describe("in words", () => {
  test("all that there is to say", () => {
    expect(linesOf(part)).toEqual([
      "606 gets (600 hits of 56 MB, 4 misses, 2 errors), 8 puts (8 stored of 512 B), go waited 5.2 s for it",
      "slower than the work: net/http came in 240 ms, compiling takes 90 ms",
      "put by an earlier run, and gone: vet a",
      "asked for, and never put by any run that was traced: build a, build b, build c and 1 more",
      "answered as there, and not there: build e (no such file)",
      'its errors: "no route to host" (2 times)',
    ]);
  });

  test.each<[Partial<ReportCacheProgram>, string]>([
    [{ end: "program-ended", status: 2 }, "it ended before go closed it, with status 2"],
    [{ end: "program-ended", status: "SIGKILL" }, "it ended before go closed it, by SIGKILL"],
    [{ end: "no-answer" }, "it wrote what is no answer to anything that go asked"],
    [{ end: "go-ended" }, "go ended without closing it"],
    [{ end: "unknown" }, "the notes stop before the end: the sums are too low"],
    [{ commands: ["put"] }, "it takes no gets: nothing can hit"],
    [{ commands: ["get"] }, "it takes no puts: nothing of this run is kept"],
  ])("how it ended: %o", (more, line) => {
    expect(linesOf({ ...part, ...more })[1]).toBe(line);
  });

  test("what is lost in the noise of a machine is left out", () => {
    const slower = [{ key: "build a", seconds: 0.06, workSeconds: 0.02, run: "r" }];
    expect(linesOf({ ...part, slower }).join("\n")).not.toContain("slower");
  });
});

test("of several commands the sums are added, and what went wrong is told", () => {
  const other = { ...part, end: "program-ended" as const, status: 1, neverPut: ["build d", "build z"] };
  const merged = mergeCachePrograms([part, other]);
  expect(merged).toMatchObject({
    end: "program-ended",
    status: 1,
    gets: { requests: 1212, bytes: 112_000_000 },
  });
  expect(merged?.neverPut).toEqual([...part.neverPut, "build z"]);
  expect(mergeCachePrograms([])).toBeNull();
});
