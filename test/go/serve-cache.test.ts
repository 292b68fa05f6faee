import { mkdirSync, mkdtempSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { serveCache } from "../../src/go/serve-cache.ts";
import { temporaryDirectory } from "./temporary.ts";

const root = temporaryDirectory();
const putAtMs = 1_700_000_000_123;

/** A cache with one entry, whose files were last used long ago. */
function makeCache(key: string, output: string, content: string): string {
  const cache = mkdtempSync(join(root, "cache-"));
  const put = (name: string, text: string) => {
    mkdirSync(join(cache, name.slice(0, 2)), { recursive: true });
    writeFileSync(join(cache, name.slice(0, 2), name), text);
    utimesSync(join(cache, name.slice(0, 2), name), 1000, 1000);
  };
  const size = String(content.length).padStart(20);
  put(`${key}-a`, `v1 ${key} ${output} ${size} ${String(BigInt(putAtMs) * 1_000_000n).padStart(20)}\n`);
  put(`${output}-d`, content);
  return cache;
}

/** The answers to these requests, however they are cut into pieces. */
function ask(cache: string, beforeMs: number, requests: readonly object[], cut: number): object[] {
  const answers: string[] = [];
  const take = serveCache(cache, beforeMs, (text) => answers.push(text));
  // Go writes an empty line behind each (cacheprog.Request, Go 1.24–1.27).
  const text = requests.map((request) => `${JSON.stringify(request)}\n\n`).join("");
  for (let at = 0; at < text.length; at += cut) take(text.slice(at, at + cut));
  return answers
    .join("")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
}

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const base64 = (text: string) => Buffer.from(text, "hex").toString("base64");

test("what is in the cache is told, what is not is missed, and nothing is kept or refreshed", () => {
  fc.assert(
    fc.property(
      hex,
      hex,
      hex,
      fc.string({ unit: "binary-ascii" }),
      fc.integer({ min: 1, max: 90 }),
      (key, other, output, content, cut) => {
        fc.pre(key !== other);
        const cache = makeCache(key, output, content);
        const path = join(cache, output.slice(0, 2), `${output}-d`);
        const get = (ID: number, name: string) => ({ ID, Command: "get", ActionID: base64(name) });
        const requests = [get(1, key), get(2, other), { ID: 3, Command: "close" }];
        expect(ask(cache, putAtMs + 1, requests, cut)).toEqual([
          { ID: 0, KnownCommands: ["get", "close"] },
          {
            ID: 1,
            OutputID: base64(output),
            Size: content.length,
            Time: new Date(putAtMs).toISOString(),
            DiskPath: path,
          },
          { ID: 2, Miss: true },
          { ID: 3 },
        ]);
        // What was put when the run had begun is not to be found.
        expect(ask(cache, putAtMs, [get(1, key)], cut)[1]).toEqual({ ID: 1, Miss: true });
        expect(statSync(path).mtimeMs).toBe(1_000_000);
        expect(statSync(join(cache, key.slice(0, 2), `${key}-a`)).mtimeMs).toBe(1_000_000);
      },
    ),
    { numRuns: 20 },
  );
});

test("an entry whose output is gone or cut is a miss", () => {
  const [key, output] = ["a".repeat(64), "b".repeat(64)];
  const cache = makeCache(key, output, "content");
  writeFileSync(join(cache, output.slice(0, 2), `${output}-d`), "cont");
  expect(ask(cache, Date.now(), [{ ID: 7, Command: "get", ActionID: base64(key) }], 1000)[1]).toEqual({
    ID: 7,
    Miss: true,
  });
});
