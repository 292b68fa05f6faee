import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shortId } from "../../src/model/ids.ts";
import type { Run } from "../../src/model/run.ts";
import { type History, openHistory } from "../../src/store/history.ts";
import { isRunId, newRunId } from "../../src/store/run-id.ts";
import { makeRun } from "./make-run.ts";
import { anyRun } from "./random-run.ts";

let root: string;
let directory: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gocache-why-store-"));
  directory = join(root, "state", "gocache-why");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const family = { module: "example.com/m", verb: "build", patterns: ["./..."] };

function save(history: History, numbers: readonly number[], changes: Partial<Run> = {}): string {
  const { run, blocks } = makeRun(numbers, changes);
  const saved = history.save(run, blocks, history.baseline(run)?.run ?? null);
  expect(history.warnings).toEqual([]);
  return saved?.id ?? "";
}

function folders(): string[] {
  return readdirSync(join(directory, "v2", "runs")).sort();
}

function folderOf(id: string): string {
  return join(directory, "v2", "runs", folders().find((name) => name.includes(id)) ?? "");
}

function packsOf(id: string): string[] {
  return readdirSync(folderOf(id)).filter((name) => name.startsWith("p"));
}

function allFiles(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true }).map((file) =>
    join(file.parentPath, file.name),
  );
}

describe("save and load", () => {
  test("any run and its blocks come back as they were, with and without a baseline", () => {
    fc.assert(
      fc.property(anyRun, anyRun, fc.boolean(), (first, second, related) => {
        const folder = mkdtempSync(join(root, "property-"));
        const writer = openHistory(folder);
        const before = writer.save(first.run, first.blocks, null);
        // A related run has all actions of the first, and leaves it to the history to find their blocks.
        const run = related
          ? { ...second.run, actions: [...first.run.actions, ...second.run.actions] }
          : second.run;
        const now = writer.save(run, second.blocks, first.run);
        expect(writer.warnings).toEqual([]);

        const reader = openHistory(folder);
        const loaded = reader.load(before?.id ?? "");
        expect(loaded).toEqual({ ...first.run, id: before?.id });
        expect(loaded && reader.blocks(loaded)).toEqual(first.blocks);
        const loadedNow = reader.load(now?.id ?? "");
        expect(loadedNow).toEqual({ ...run, id: now?.id });
        const all = related ? new Map([...first.blocks, ...second.blocks]) : second.blocks;
        expect(loadedNow && reader.blocks(loadedNow)).toEqual(all);
        expect(reader.warnings).toEqual([]);
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 60 },
    );
  });

  test("names of Object's own prototype are names like others", () => {
    const env = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
    const id = save(openHistory(directory), [1], {
      module: "__proto__",
      settings: { env, envOrigin: {}, flags: [] },
    });
    const run = openHistory(directory).load(id);
    expect(Object.entries(run?.settings.env ?? {})).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(Object.getPrototypeOf(run?.settings.env)).toBe(Object.prototype);
    expect(openHistory(directory).list("__proto__")).toHaveLength(1);
  });

  test("blocks of no action are not kept, and digests that nobody knows are left out", () => {
    const history = openHistory(directory);
    const { run, blocks } = makeRun([1, 2]);
    const other = makeRun([3]);
    history.save(run, new Map([...blocks, ...other.blocks]), null);
    expect(history.blocks(run, [...other.blocks.keys(), ...blocks.keys()])).toEqual(blocks);
    expect(history.blocks(other.run)).toEqual(new Map());
  });

  test("a run keeps its own id where it is free, and gets a new one where it is not", () => {
    const history = openHistory(directory);
    const id = newRunId();
    expect(save(history, [1], { id })).toBe(id);
    const second = save(history, [1], { id });
    expect(second).not.toBe(id);
    expect(isRunId(second)).toBe(true);
    expect(history.load(second)?.id).toBe(second);
  });

  test("a missing directory is an empty history and is not made by reading", () => {
    const history = openHistory(directory);
    expect(history.baseline(family)).toBeNull();
    expect(history.list(null)).toEqual([]);
    expect(history.load("abcdefgh")).toBeNull();
    expect(history.warnings).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  });

  test("nobody else may read it", () => {
    const history = openHistory(directory);
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o755);
    history.key();
    save(history, [1]);
    save(history, [1, 2]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const path of allFiles(directory)) {
      const { mode } = statSync(path);
      expect([path, (mode & 0o777).toString(8)]).toEqual([
        path,
        statSync(path).isDirectory() ? "700" : "600",
      ]);
    }
  });
});

describe("choosing a run", () => {
  test("the baseline is the newest of the family that was not interrupted; flags don't count, a failure does", () => {
    const history = openHistory(directory);
    save(history, [1]);
    const failed = save(history, [2], { exitCode: 1, command: ["go", "build", "-race", "./..."] });
    save(history, [3], { interrupted: true });
    save(history, [4], { verb: "test" });
    save(history, [5], { patterns: ["./cmd"] });
    save(history, [6], { module: "example.com/other" });
    expect(openHistory(directory).baseline(family)?.run.id).toBe(failed);
  });

  test("order is the order of entry, whatever the clock said", () => {
    const history = openHistory(directory);
    const ids = ["2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z", null].map((startedAt) =>
      save(history, [1], { startedAt }),
    );
    expect(
      openHistory(directory)
        .list(null)
        .map(({ id }) => id),
    ).toEqual(ids.toReversed());
    expect(openHistory(directory).baseline(family)?.run.id).toBe(ids[2]);
  });

  test("previous: the baseline that a stored run had", () => {
    const history = openHistory(directory);
    const first = save(history, [1]);
    save(history, [2], { interrupted: true });
    save(history, [2], { verb: "vet" });
    const now = history.load(save(history, [3]));
    save(history, [4]);
    expect(now && history.previous(now)?.id).toBe(first);
    const oldest = history.load(first);
    expect(oldest && history.previous(oldest)).toBeNull();
    expect(history.previous(makeRun([9]).run)).toBeNull();
  });

  test("earlier: the finished runs of a run's family before it, newest first, as many as are asked for", () => {
    const history = openHistory(directory);
    const first = save(history, [1]);
    const second = save(history, [2]);
    save(history, [2], { interrupted: true });
    save(history, [2], { verb: "vet" });
    const third = save(history, [2]);
    const now = history.load(save(history, [3]));
    save(history, [4]);
    const ids = (most: number) => now && history.earlier(now, most).map(({ id }) => id);
    expect(ids(20)).toEqual([third, second, first]);
    expect(ids(2)).toEqual([third, second]);
    expect(history.earlier(makeRun([9]).run, 20)).toEqual([]);
  });

  test("@n counts back in the module, whatever the command; ids may be shortened to four characters", () => {
    const history = openHistory(directory);
    const first = save(history, [1], { id: "abcdaaaa" });
    const second = save(history, [2], { id: "abcdbbbb", verb: "test" });
    const other = save(history, [3], { id: "zzzzaaaa", module: "example.com/other" });
    expect(history.resolve("@1", family.module)).toMatchObject({ id: second });
    expect(history.resolve("@2", family.module)).toMatchObject({ id: first });
    expect(history.resolve("@1", null)).toMatchObject({ id: other });
    expect(history.resolve("zzzz", family.module)).toMatchObject({ id: other });
    expect(history.resolve("ABCDB", family.module)).toMatchObject({ id: second });
    expect(history.resolve("abcdaaaa", null)).toMatchObject({ id: first });
    expect(history.resolve("abcd", null)).toEqual({
      error: '"abcd" is the beginning of 2 runs: abcdaaaa, abcdbbbb',
    });
    expect(history.resolve("zzz", null)).toEqual({ error: 'there is no run "zzz" in the history' });
    expect(history.resolve("@0", null)).toEqual({ error: "runs are counted from @1, the newest" });
    expect(history.resolve("@3", family.module)).toEqual({
      error: "there is no run @3: the history of example.com/m has only 2 runs",
    });
    expect(history.resolve("", null)).toHaveProperty("error");
    expect(history.resolve("../../etc", null)).toHaveProperty("error");
  });

  test("list tells the figures of a run without its actions, also of a very long command", () => {
    const history = openHistory(directory);
    const { run, blocks } = makeRun([1, 2], { command: ["go", "build", ...Array(9000).fill("./päckage")] });
    history.save(run, blocks, null, 2);
    expect(openHistory(directory).list(family.module)).toEqual([
      expect.objectContaining({
        command: run.command,
        actions: 2,
        missed: 2,
        seconds: 1,
        clockSeconds: 1.5,
        exitCode: 0,
      }),
    ]);
    expect(openHistory(directory).list("example.com/other")).toEqual([]);
  });

  test("known finds the keys that the module's newest runs have blocks of", () => {
    const history = openHistory(directory);
    save(history, [1, 2]);
    save(history, [3]);
    const { run } = makeRun([1, 3, 4]);
    const ids = run.actions.flatMap(({ id }) => (id === null ? [] : [id]));
    const known = openHistory(directory).known(family.module, ids);
    expect([...known].map(([id, digest]) => [id, shortId(digest)])).toEqual(
      [ids[1], ids[0]].map((id) => [id, id]),
    );
  });
});

describe("sharing", () => {
  test("a run like its baseline adds no pack and no rows", () => {
    const history = openHistory(directory);
    const numbers = Array.from({ length: 400 }, (_, index) => index);
    const first = save(history, numbers);
    const { run } = makeRun(numbers);
    const second = openHistory(directory).save(run, new Map(), history.baseline(run)?.run ?? null);
    expect(second?.bytes).toBeLessThan(1500);
    const [pack = ""] = packsOf(second?.id ?? "");
    expect(packsOf(first)).toEqual([pack]);
    expect(statSync(join(folderOf(first), pack)).nlink).toBe(2);
    const reader = openHistory(directory);
    const loaded = reader.load(second?.id ?? "");
    expect(loaded && reader.blocks(loaded).size).toBe(400);
  });

  test("a run that returns to an older state takes the blocks from there", () => {
    const history = openHistory(directory);
    const before = Array.from({ length: 100 }, (_, index) => index);
    const first = save(history, before);
    save(
      history,
      before.map((value) => value + 1000),
    );
    const third = save(openHistory(directory), before);
    expect(packsOf(third)).toEqual(packsOf(first));
  });

  test("packs of deleted runs live on in the runs that need them, and go with the last", () => {
    const limits = { runsPerFamily: 2, bytes: 1e9 };
    const history = openHistory(directory, limits);
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const [pack = ""] = packsOf(save(history, numbers));
    save(history, [...numbers, 21]);
    const third = save(history, [...numbers, 22]);
    expect(folders()).toHaveLength(2);
    expect(packsOf(third)).toContain(pack);
    expect(statSync(join(folderOf(third), pack)).nlink).toBe(2);
    const reader = openHistory(directory, limits);
    const loaded = reader.load(third);
    expect(loaded && reader.blocks(loaded)).toEqual(makeRun([...numbers, 22]).blocks);
    save(history, [31]);
    save(history, [32]);
    expect(allFiles(directory).filter((path) => path.endsWith(pack))).toEqual([]);
    expect(readdirSync(join(directory, "v2", "tmp"))).toEqual([]);
  });

  test("many small changes: never more than four packs a run, and every block is found", () => {
    const history = openHistory(directory);
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    for (let step = 0; step < 20; step++) {
      numbers[step] = 1000 + step;
      const id = save(history, numbers);
      expect(packsOf(id).length).toBeLessThanOrEqual(4);
      const reader = openHistory(directory);
      const loaded = reader.load(id);
      expect(loaded && reader.blocks(loaded)).toEqual(makeRun(numbers).blocks);
    }
  });

  test("a damaged or vanished pack costs its blocks once: the next run that is given them writes them anew", () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    for (const damage of [(path: string) => truncateSync(path, 50), (path: string) => rmSync(path)]) {
      const id = save(openHistory(directory), numbers);
      damage(join(folderOf(id), packsOf(id)[0] ?? ""));
      const reader = openHistory(directory);
      const loaded = reader.load(id);
      expect(loaded && reader.blocks(loaded)).toEqual(new Map());
      expect(reader.warnings).toHaveLength(1);
      const next = save(openHistory(directory), numbers);
      const again = openHistory(directory);
      const run = again.load(next);
      expect(run && again.blocks(run).size).toBe(40);
      rmSync(directory, { recursive: true });
    }
  });
});

describe("retention", () => {
  test("thirty runs a family; other families are left alone", () => {
    const history = openHistory(directory);
    const other = save(history, [1], { verb: "vet" });
    const ids = Array.from({ length: 34 }, () => save(history, [1]));
    expect(history.list(null).map(({ id }) => id)).toEqual([...ids.slice(4).toReversed(), other]);
  });

  test("interrupted runs don't push out the baseline", () => {
    const history = openHistory(directory, { runsPerFamily: 3, bytes: 1e9 });
    const baseline = save(history, [1]);
    for (let count = 0; count < 5; count++) save(history, [1], { interrupted: true });
    expect(history.list(null)).toHaveLength(3);
    expect(history.baseline(family)?.run.id).toBe(baseline);
  });

  test("bytes: the oldest go first, the baseline of a family last, and what remains is within the limit", () => {
    const limits = { runsPerFamily: 30, bytes: 150_000 };
    const history = openHistory(directory, limits);
    const lone = save(history, [1], { verb: "vet" });
    for (let run = 0; run < 20; run++)
      save(
        history,
        Array.from({ length: 100 }, (_, index) => run * 100 + index),
      );
    const bytes = new Map(
      allFiles(directory).map((path) => [statSync(path).ino, statSync(path).blocks * 512]),
    );
    expect([...bytes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(limits.bytes + 16_384);
    const left = history.list(null).map(({ id }) => id);
    expect(left).toContain(lone);
    expect(left.length).toBeGreaterThan(3);
    expect(left.length).toBeLessThan(20);
  });

  test("a run that alone exceeds the limit is not saved, and costs no other", () => {
    const history = openHistory(directory, { runsPerFamily: 30, bytes: 40_000 });
    const kept = save(history, [1]);
    const { run, blocks } = makeRun(Array.from({ length: 2000 }, (_, index) => index));
    expect(history.save(run, blocks, null)).toBeNull();
    expect(history.warnings).toHaveLength(1);
    expect(history.list(null).map(({ id }) => id)).toEqual([kept]);
    expect(readdirSync(join(directory, "v2", "tmp"))).toEqual([]);
  });

  test("what killed writers left is swept after an hour, also when the clock was set back", () => {
    const history = openHistory(directory);
    save(history, [1]);
    const scratch = join(directory, "v2", "tmp");
    for (const [name, hours] of [
      ["old", -2],
      ["future", 2],
      ["young", 0],
    ] as const) {
      mkdirSync(join(scratch, name));
      writeFileSync(join(scratch, name, "run"), "half");
      const time = Date.now() / 1000 + hours * 3600;
      utimesSync(join(scratch, name), time, time);
    }
    save(history, [1]);
    expect(readdirSync(scratch)).toEqual(["young"]);
  });
});

describe("bad state", () => {
  test("foreign files cost one warning and nothing else", () => {
    const id = save(openHistory(directory), [1]);
    const runs = join(directory, "v2", "runs");
    writeFileSync(join(runs, "notes.txt"), "hello");
    writeFileSync(join(runs, ".DS_Store"), "");
    mkdirSync(join(runs, "00000009-zz"));
    mkdirSync(
      join(
        runs,
        folders()
          .find((name) => name.includes(id))
          ?.replace(id, "aaaaaaaa") ?? "",
      ),
    );
    const history = openHistory(directory);
    expect(history.baseline(family)?.run.id).toBe(id);
    expect(history.list(null).map((run) => run.id)).toEqual([id]);
    expect(history.warnings).toEqual([
      expect.stringMatching(/^skipped in the history .*, since .* \(and \d more\)$/),
    ]);
    expect(history.save(makeRun([1]).run, new Map(), null)).not.toBeNull();
  });

  test("a run's file cut anywhere, or with any byte changed, is skipped with one warning; the one before counts", () => {
    const first = save(openHistory(directory), [1, 2, 3]);
    const second = save(openHistory(directory), [1, 2, 4]);
    for (const file of readdirSync(folderOf(second)).filter((name) => !name.startsWith("p"))) {
      const path = join(folderOf(second), file);
      const whole = readFileSync(path);
      const isShared = statSync(path).nlink > 1;
      rmSync(path);
      const cuts = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length));
      const flips = Array.from({ length: whole.length }, (_, at) => {
        const copy = Buffer.from(whole);
        copy[at] = (copy[at] ?? 0) ^ 0x15;
        return copy;
      });
      for (const content of [...cuts, ...flips]) {
        writeFileSync(path, content);
        const history = openHistory(directory);
        expect(history.baseline(family)?.run.id).toBe(first);
        expect(history.warnings).toHaveLength(1);
        expect(history.resolve(second, null)).toHaveProperty("error");
        // What a list shows stands in the run's own file.
        const shown = file === "run" ? [first] : [second, first];
        expect(history.list(null).map(({ id }) => id)).toEqual(shown);
        expect(history.warnings).toHaveLength(1);
      }
      writeFileSync(path, whole);
      expect([file, isShared, openHistory(directory).baseline(family)?.run.id]).toEqual([
        file,
        isShared,
        second,
      ]);
    }
  });

  test("a newer format is named as such", () => {
    const id = save(openHistory(directory), [1]);
    writeFileSync(join(folderOf(id), "run"), "gocache-why run 3 00000000\n{}");
    const history = openHistory(directory);
    expect(history.load(id)).toBeNull();
    expect(history.warnings).toEqual([expect.stringContaining("since its format version is 3")]);
  });

  test("a place that can't be written or read costs one warning", () => {
    const file = join(root, "file");
    writeFileSync(file, "not a directory");
    const history = openHistory(join(file, "gocache-why"));
    expect(history.baseline(family)).toBeNull();
    const { run, blocks } = makeRun([1]);
    expect(history.save(run, blocks, null)).toBeNull();
    expect(history.key()).toHaveLength(32);
    expect(history.warnings).toEqual([
      expect.stringMatching(/^the history in .* can't be written: ENOTDIR.*$/),
    ]);
  });
});

describe("key", () => {
  test("is made once, and anew where it is damaged", () => {
    const key = openHistory(directory).key();
    expect(key).toHaveLength(32);
    expect(openHistory(directory).key()).toEqual(key);
    expect(statSync(join(directory, "key")).mode & 0o777).toBe(0o600);
    writeFileSync(join(directory, "key"), "short");
    const history = openHistory(directory);
    const next = history.key();
    expect(next).toHaveLength(32);
    expect(history.warnings).toHaveLength(1);
    expect(openHistory(directory).key()).toEqual(next);
    expect(readdirSync(join(directory, "v2", "tmp"))).toEqual([]);
  });
});

test("what an older version kept is deleted with the first run that is saved", () => {
  const old = join(directory, "v1", "runs", "00000001-x");
  mkdirSync(old, { recursive: true });
  writeFileSync(join(old, "run"), "less was hidden then");
  save(openHistory(directory), [1]);
  expect(readdirSync(directory).sort()).toEqual(["v2"]);
});
