import { describe, expect, test } from "vitest";
import { findingCatalogue } from "../../src/doctor/catalogue.ts";
import { diagnose } from "../../src/doctor/diagnose.ts";
import type { CachePlace, HistoryFacts, Machine, PastCause } from "../../src/doctor/machine.ts";
import { readCheckout } from "../../src/doctor/read/checkout.ts";
import { wouldSave } from "../../src/report/would-save.ts";
import { readFaultCases } from "./fault-cases.ts";

const tree: Readonly<Record<string, string>> = {
  "go.mod": "module example.com/m\n",
  "p/p_test.go": 'package p\n\nimport "os"\n\nvar job = os.Getenv("TMPDIR")\n',
};
const readText = (path: string) => tree[path] ?? null;
const checkup = readCheckout({ files: Object.keys(tree), readText, readHead: readText });

const place: CachePlace = {
  path: "/home/me/.cache/go-build",
  fileSystem: null,
  freeBytes: 2 ** 36,
  isWritable: true,
  owners: 1,
  entries: 5000,
  bytes: 2 ** 30,
  old: { entries: 10, bytes: 1000 },
  isTrimDue: true,
  isCi: false,
};
const past: PastCause = {
  code: "file-edited",
  subject: "p/p.go",
  runs: 2,
  missed: 3,
  seconds: 1.5,
  isOnlyTimes: false,
  example: "p/p.go was edited",
};
const history: HistoryFacts = {
  runs: 5,
  directory: "/src/m",
  directories: [{ path: "/src/m", runs: 5 }],
  causes: [past],
};
const sound: Machine = {
  gocache: place,
  goflags: [{ from: "environment", text: "-trimpath" }],
  toolchain: { own: "go1.26.8", used: "go1.26.8", line: "/src/m/go.mod" },
  cacheProgram: { command: "cacher", problem: null },
  checkout: { files: 100, fresh: 3 },
  history,
};

const blamed = (more: Partial<PastCause>): Partial<Machine> => ({
  history: { ...history, causes: [{ ...past, ...more }] },
});

/** What is wrong; all else is as in `sound`, which is what the fix makes of it. */
const faults: readonly (readonly [string, Partial<Machine>])[] = [
  ["gocache-on-network", { gocache: { ...place, fileSystem: "nfs" } }],
  ["gocache-on-tmpfs", { gocache: { ...place, fileSystem: "tmpfs" } }],
  ["gocache-on-overlay", { gocache: { ...place, fileSystem: "overlay" } }],
  ["gocache-read-only", { gocache: { ...place, isWritable: false } }],
  ["gocache-volume-full", { gocache: { ...place, freeBytes: 2 ** 20 } }],
  ["gocache-shared-by-users", { gocache: { ...place, owners: 2 } }],
  ["gocache-trim-deletes-most", { gocache: { ...place, old: { entries: 4900, bytes: 2 ** 29 } } }],
  [
    "goflags-disagree",
    {
      goflags: [
        { from: "environment", text: "-trimpath" },
        { from: "go env -w", text: "-mod=mod" },
      ],
    },
  ],
  ["toolchain-switched", { toolchain: { own: "go1.25.5", used: "go1.26.8", line: "/src/m/go.mod" } }],
  ["gocacheprog-fails", { cacheProgram: { command: "cacher", problem: "it can't be started: ENOENT" } }],
  [
    "checkout-path-unusual",
    {
      history: {
        ...history,
        directory: "/tmp/job-7/m",
        directories: [
          { path: "/src/m", runs: 4 },
          { path: "/tmp/job-7/m", runs: 1 },
        ],
        causes: [{ ...past, code: "directory-moved", subject: "example.com/m" }],
      },
    },
  ],
  [
    "test-variable-per-job",
    blamed({ code: "test-env-changed", subject: "TMPDIR", example: "TMPDIR changed" }),
  ],
  ["checkout-times-new", blamed({ code: "test-file-changed", subject: "p/a.txt", isOnlyTimes: true })],
  ["vcs-stamp-relinks", blamed({ code: "vcs-stamp-changed", subject: "vcs" })],
];

describe("the machine", () => {
  test("has no finding where all is well", () => {
    expect(diagnose(checkup, sound)).toEqual([]);
    expect(diagnose(checkup, { ...sound, gocache: null, toolchain: null, history: null })).toEqual([]);
  });

  test.each(faults)("%s is found, and nothing else", (code, fault) => {
    const found = diagnose(checkup, { ...sound, ...fault });
    expect(found.map((finding) => finding.code)).toEqual([code]);
    const [{ message = "", fix = "", evidence = "" } = {}] = found;
    expect(`${message}${fix}${evidence}`).not.toMatch(/\{\w+\}|undefined|null/);
  });

  test("a variable of the job is told where a test reads it, with what it cost", () => {
    const machine = {
      ...sound,
      ...blamed({ code: "test-env-changed", subject: "TMPDIR", example: "changed" }),
    };
    const [finding] = diagnose(checkup, machine);
    expect(finding).toMatchObject({ file: "p/p_test.go", line: 5 });
    if (finding === undefined) return;
    expect(wouldSave(finding, machine.history?.causes ?? [])).toEqual({ missed: 3, seconds: 1.5 });
    expect(wouldSave(finding, [past])).toBeNull();
  });

  test("a container in CI weighs more", () => {
    const [finding] = diagnose(checkup, {
      ...sound,
      gocache: { ...place, fileSystem: "overlay", isCi: true },
    });
    expect(finding?.severity).toBe("warning");
  });
});

test("every code of the catalogue has a case", () => {
  const inFiles = readFaultCases().flatMap(({ finds }) => finds.map((line) => line.split(" ")[0] ?? ""));
  // Of the config file's problems the test of the command line has a case.
  const all = new Set([...inFiles, ...faults.map(([code]) => code), "config-problem"]);
  // What is really built has its test in test/e2e/doctor-experiment.test.ts.
  const others = Object.keys(findingCatalogue).filter((code) => !code.startsWith("experiment-"));
  expect(others.filter((code) => !all.has(code))).toEqual([]);
});
