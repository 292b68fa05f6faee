import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFileStates } from "../../src/go/file-states.ts";
import {
  evaluateTestLog,
  lineDigest,
  type TestInputsQuestion,
  type TestLog,
  variableDigest,
} from "../../src/go/test-inputs.ts";
import { localTimeZone } from "../../src/go/time-zone.ts";
import type { Digest } from "../../src/model/ids.ts";
import { temporaryDirectory, writeFiles } from "./temporary.ts";

const root = temporaryDirectory();
const module = join(root, "m");
const salt = "go1.26.8";
const sha = (bytes: string) => createHash("sha256").update(bytes, "latin1").digest("hex") as Digest;
writeFiles(module, { "p/a.txt": "a\n", "p/b.txt": "bb\n" });
symlinkSync("a.txt", join(module, "p/link"));
for (const name of ["p/a.txt", "p/b.txt"]) utimesSync(join(module, name), 1_700_000_000.5, 1_700_000_000.5);

function ask(log: TestLog | string, more: Partial<TestInputsQuestion> = {}) {
  const question: TestInputsQuestion = {
    salt,
    hashesGodebug: true,
    packageDirectory: join(module, "p"),
    root: module,
    env: (name) => ({ SET: "value", EMPTY: "" })[name],
    describeEnv: (_, value) => (value === undefined ? "unset" : `a value of ${value.length}`),
    zone: localTimeZone({ tz: "UTC", goroot: null }),
    files: createFileStates(),
    ...more,
  };
  return evaluateTestLog(
    typeof log === "string" ? Buffer.from(`# test log\n${log}`, "latin1") : log,
    question,
  );
}

const stateOfA = "stat 2 1a4 2023-11-14 22:13:20.5 +0000 UTC false";

describe("a log", () => {
  test("the digest is that of Go's lines, in order and each time; entries are there once", () => {
    const result = ask("getenv SET\nopen a.txt\ngetenv EMPTY\n\nstat link\nopen ./a.txt\ngetenv SET\n");
    const a = join(module, "p/a.txt");
    const link = join(module, "p/link");
    const [env, empty, unset] = [
      variableDigest(salt, "value"),
      variableDigest(salt, ""),
      variableDigest(salt, undefined),
    ];
    expect(new Set([env, empty, unset]).size).toBe(3);
    const ofLink = result.entries.at(-1)?.value ?? "";
    const [followed, own] = ofLink.split("\n");
    expect(followed).toBe(stateOfA);
    expect(own).toMatch(/^stat 5 80001ff /);
    expect(result.digest).toBe(
      sha(
        [
          `${salt}env GODEBUG ${unset}`,
          `env SET ${env}`,
          `open ${a} ${sha(`${salt}${stateOfA}\n`)}`,
          `env EMPTY ${empty}`,
          `stat ${link} ${sha(`${salt}${ofLink}\n`)}`,
          `open ${a} ${sha(`${salt}${stateOfA}\n`)}`,
          `env SET ${env}\n`,
        ].join("\n"),
      ),
    );
    expect(result.entries).toEqual([
      { op: "env", name: "GODEBUG", value: "unset", count: 1 },
      { op: "env", name: "SET", value: "a value of 5", count: 2 },
      { op: "open", name: a, value: stateOfA, count: 2 },
      { op: "env", name: "EMPTY", value: "a value of 0", count: 1 },
      { op: "stat", name: link, value: ofLink, count: 1 },
    ]);
    expect(result.order).toEqual([0, 1, 2, 3, 4, 2, 1]);
  });

  test("in chunks it is the same", () => {
    const text = Buffer.from("# test log\ngetenv SET\nchdir /\nopen a.txt\nopen b.txt\nstat link\n");
    const whole = ask(text);
    for (const size of [1, 3, 11, 12]) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
        text.subarray(index * size, (index + 1) * size),
      );
      expect(ask(chunks)).toEqual(whole);
    }
  });

  test("without GODEBUG before Go 1.23", () => {
    expect(ask("getenv SET\n", { hashesGodebug: false }).digest).toBe(
      sha(`${salt}env SET ${variableDigest(salt, "value")}\n`),
    );
  });

  test.each([
    ["", /does not begin/],
    ["getenv X\n", /does not begin/],
    ["# test lo", /does not begin/],
    ["# test log\ngetenv X", /no end/],
    ["# test log\nnonsense\n", /a line is none that Go writes: nonsense/],
    ["# test log\nread x\ngetenv X\n", /a line is none that Go writes: read x/],
  ])("malformed: %j", (text, message) => {
    const result = ask(Buffer.from(text));
    expect(result.malformed).toMatch(message);
    expect(result.digest).toBeNull();
  });

  test("outside the root nothing is looked at but where a chdir leads", () => {
    symlinkSync(module, join(root, "door"));
    const log = `open /etc/hosts\nopen /etc/hosts\nstat ../../x\nopen ${root}/door/p/a.txt\nchdir ${root}\nopen m/p/a.txt\nopen m2\n`;
    const result = ask(log);
    expect(result.entries.map(({ op, name }) => `${op} ${name.replace(root, "")}`)).toEqual([
      "env GODEBUG",
      "open /door/p/a.txt",
      "chdir ",
      "open /m/p/a.txt",
    ]);
    expect(result.skipped).toBe(3);
    expect(result.outside).toEqual(["/etc/hosts", join(root, "m2"), join(root, "x")].sort());
    expect(ask(log, { root: "" }).entries).toHaveLength(2);
    expect(ask(log, { root: join(root, "door") }).digest).toBe(result.digest);
  });

  test("a file younger than two seconds, at the moment that is asked about", () => {
    const name = join(module, "p/a.txt");
    const changed = 1_700_000_000_500;
    for (const [atMs, ageMs] of [
      [changed + 1999, 1999],
      [changed - 1, -1],
    ] as const) {
      const result = ask("open a.txt\nopen a.txt\nstat b.txt\n", { atMs });
      expect(result.tooNew).toEqual([{ name, ageMs }]);
      expect(result.digest).toBeNull();
      expect(result.entries).toHaveLength(3);
    }
    expect(ask("open a.txt\n", { atMs: changed + 2000 }).tooNew).toEqual([]);
    // Only opening counts, and only of files.
    expect(ask("stat a.txt\nopen .\n", { atMs: changed }).tooNew).toEqual([]);
  });
});

describe("what is kept of a file's state", () => {
  mkdirSync(join(module, "p/large"));
  mkdirSync(join(module, "p/empty"));
  for (let index = 0; index < 201; index++) writeFileSync(join(module, `p/large/${index}`), "");
  writeFileSync(Buffer.from(`${module}/p/byte-\xff`, "latin1"), "");
  const log = [
    ..."open .,open a.txt,open absent,open a.txt/x,open large,open empty,open byte-\xff,open link".split(","),
    ..."stat a.txt,stat link,stat absent,stat .,chdir /,chdir /absent".split(","),
  ];

  test("gives its line's digest again", () => {
    for (const line of log) {
      const { digest, entries } = ask(`${line}\n`, { hashesGodebug: false, atMs: Date.now() + 10_000 });
      const [entry] = entries;
      expect(entry, line).toBeDefined();
      if (entry === undefined) continue;
      const again = lineDigest(salt, entry.op, entry.value);
      const name = Buffer.from(entry.name.replace("\udcff", "\0")).toString("latin1").replace("\0", "\xff");
      expect(digest, line).toBe(sha(`${salt}${entry.op} ${name} ${again}\n`));
    }
  });

  test("is Go's text, and for a large directory a digest", () => {
    const value = (line: string) => ask(`${line}\n`, { hashesGodebug: false }).entries[0]?.value ?? "";
    expect(value("open a.txt")).toBe(stateOfA);
    expect(value("open absent")).toBe(`err stat ${module}/p/absent: no such file or directory`);
    expect(value("stat a.txt/x")).toBe(`err stat ${module}/p/a.txt/x: not a directory`);
    expect(
      value("open .")
        .split("\n")
        .slice(1)
        .map((line) => line.replace(/ stat .*/, "")),
    ).toEqual(["a.txt", "b.txt", "byte-\udcff", "empty", "large", "link"].map((name) => `file ${name}`));
    expect(value("open large")).toMatch(/^stat \d+ 800001ed [^\n]* true\n201 entries, sha256 [0-9a-f]{64}$/);
    expect(value("open empty")).toMatch(/^stat \d+ 800001ed [^\n]* true$/);
    expect(lineDigest(salt, "env", "anything")).toBeNull();
  });
});

describe("an earlier evaluation asked again", () => {
  const earlier = ask("getenv SET\nopen a.txt\nchdir /\nopen absent/x\ngetenv SET\nopen /etc/hosts\n");

  test("has the digest of the log, which is gone", () => {
    expect(ask(earlier)).toEqual({ ...earlier, skipped: 0, outside: [] });
    expect(ask({ entries: earlier.entries, order: null }).digest).toBeNull();
    expect(ask({ entries: [], order: [1] }).malformed).toMatch(/no entry 1/);
  });

  test("shows what differs, and with the earlier value in its place the earlier digest", () => {
    const env = (name: string) => (name === "SET" ? "other" : undefined);
    const now = ask(earlier, { env, describeEnv: (_, value) => `${value}` });
    expect(now.digest).not.toBe(earlier.digest);
    expect(now.entries.find(({ name }) => name === "SET")?.value).toBe("other");
    const instead = (op: string, name: string) =>
      op === "env" && name === "SET" ? variableDigest(salt, "value") : undefined;
    expect(ask(earlier, { env, instead }).digest).toBe(earlier.digest);
  });
});

test("a line without end is no reason to wait", () => {
  function* chunks() {
    yield Buffer.from("# test log\ngetenv ");
    for (;;) yield Buffer.alloc(1 << 16, "x");
  }
  expect(ask(chunks()).malformed).toBe("a line is longer than a megabyte");
});

test("a long log is counted, not kept", () => {
  function* chunks() {
    yield Buffer.from("# test log\n");
    for (let start = 0; start < 150_000; start += 1000) {
      yield Buffer.from(Array.from({ length: 1000 }, (_, index) => `getenv V${start + index}\n`).join(""));
    }
  }
  const hash = createHash("sha256").update(`${salt}env GODEBUG ${variableDigest(salt, undefined)}\n`);
  const unset = variableDigest(salt, undefined);
  for (let index = 0; index < 150_000; index++) hash.update(`env V${index} ${unset}\n`);
  const result = ask(chunks());
  expect(result.digest).toBe(hash.digest("hex"));
  expect(result.entries).toHaveLength(10_000);
  expect(result.omitted).toBe(140_001);
  expect(result.order).toBeNull();
});
