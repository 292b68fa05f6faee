import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openCache } from "../../src/go/cache.ts";
import type { Digest } from "../../src/model/ids.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "./temporary.ts";

const root = temporaryDirectory();
const gocache = join(root, "gocache");
const cache = openCache(gocache);
const sha = (text: string) => createHash("sha256").update(text).digest("hex") as Digest;
const fileOf = (digest: string, kind: string) => join(gocache, digest.slice(0, 2), `${digest}-${kind}`);

describe("entries of a real cache", () => {
  beforeAll(() => {
    writeFiles(root, { "m/go.mod": "module example.com/m\n\ngo 1.22\n", "m/a.go": "package m\n" });
    expect(openCache(gocache).state([])).toEqual({ trimmedAt: null, present: false, targets: {} });
    go(["build", "."], join(root, "m"), goEnvironment(root));
  }, 60_000);

  const digests = () =>
    readdirSync(gocache)
      .filter((name) => /^[0-9a-f]{2}$/.test(name))
      .flatMap((name) => readdirSync(join(gocache, name)))
      .flatMap((name) => (name.endsWith("-a") ? [name.slice(0, -2) as Digest] : []));

  test("held: only before a later moment", () => {
    expect(digests().length).toBeGreaterThan(0);
    for (const digest of digests()) {
      const entry = cache.entry(digest);
      expect(entry).not.toBeNull();
      expect(entry?.size).toBe(statSync(fileOf(entry?.outputId ?? "", "d")).size);
      expect(Math.abs((entry?.putAtMs ?? 0) - Date.now())).toBeLessThan(120_000);
      expect(cache.held(digest, Date.now())).toBe(true);
      expect(cache.held(digest, entry?.putAtMs ?? 0)).toBe(false);
    }
    expect(cache.held(sha("absent"), Date.now())).toBe(false);
    expect(cache.state([]).present).toBe(true);
    expect(cache.state([]).trimmedAt).toBeGreaterThan(1.7e9);
  });

  test("damage", () => {
    const digest = digests().find((one) => (cache.entry(one)?.size ?? 0) > 0) as Digest;
    const output = fileOf(cache.entry(digest)?.outputId ?? "", "d");
    appendFileSync(output, "x");
    expect(cache.held(digest, Date.now())).toBe(false);
    rmSync(output);
    expect(cache.held(digest, Date.now())).toBe(false);
    expect(cache.entry(digest)).not.toBeNull();
  });
});

describe("made-up entries", () => {
  const entryText = (digest: string, output: string, size: number, time: string) =>
    `v1 ${digest} ${output} ${String(size).padStart(20)} ${time.padStart(20)}\n`;
  const put = (digest: string, text: string) => {
    mkdirSync(join(gocache, digest.slice(0, 2)), { recursive: true });
    writeFileSync(fileOf(digest, "a"), text);
  };

  test("an executable is the one file of a directory", () => {
    const [digest, output] = [sha("executable"), sha("its output")];
    put(digest, entryText(digest, output, 5, "1700000000123456789"));
    mkdirSync(fileOf(output, "d"), { recursive: true });
    expect(cache.held(digest, Date.now())).toBe(false);
    writeFileSync(join(fileOf(output, "d"), "app"), "12345");
    expect(cache.held(digest, Date.now())).toBe(true);
    expect(cache.entry(digest)).toEqual({ outputId: output, size: 5, putAtMs: 1700000000123.456 });
    writeFileSync(join(fileOf(output, "d"), "other"), "12345");
    expect(cache.held(digest, Date.now())).toBe(false);
  });

  test("malformed index entries are none", () => {
    const digest = sha("malformed");
    const good = entryText(digest, sha("o"), 1, "17");
    for (const text of [
      "",
      good.slice(0, -1),
      `${good}x`,
      good.replace("v1", "v2"),
      entryText(sha("y"), sha("o"), 1, "1"),
    ]) {
      put(digest, text);
      expect(cache.entry(digest)).toBeNull();
    }
    put(digest, good);
    expect(cache.entry(digest)).not.toBeNull();
  });
});
