import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { type CollectedLog, createBlockCollector } from "../../src/log/collect-blocks.ts";
import { createHide, showVariable } from "../../src/log/hide-secrets.ts";
import { createLogParser } from "../../src/log/parse-log.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "../go/temporary.ts";

const secret = `s3cr3t "${randomBytes(8).toString("hex")}"`;
const other = randomBytes(12).toString("hex");

/** The log of a test that reads four variables; its result is in the cache, so that go asks for them. */
function logOf(values: Readonly<Record<string, string>>): Buffer {
  const root = temporaryDirectory();
  writeFiles(root, {
    "go.mod": "module example.com/t\n\ngo 1.24\n",
    "t_test.go":
      'package t\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestReads(*testing.T) {\n\tfor _, name := range []string{"APP_KEY", "APP_COPY", "TZ", "UNSET_X"} {\n\t\t_ = os.Getenv(name)\n\t}\n}\n',
  });
  const env = { ...goEnvironment(root), ...values, GODEBUG: "gocachehash=1" };
  go(["test", "."], root, env);
  const { stderr, status } = spawnSync("go", ["test", "."], { cwd: root, env, maxBuffer: 1 << 26 });
  expect(status).toBe(0);
  return stderr;
}

function collect(log: Buffer, key: Uint8Array): CollectedLog {
  const hide = createHide(key);
  const collector = createBlockCollector({
    wanted: (name) => name === "getenv" || name === "testInputs",
    hideValue: hide,
    showVariable: (name, value) => showVariable(name, value, hide)?.value ?? null,
  });
  const parser = createLogParser((event) => collector.take(event));
  parser.push(log);
  parser.end();
  return collector.finish();
}

describe("the environment that a test read", () => {
  let log: Buffer;
  let found: CollectedLog;
  const key = randomBytes(32);

  beforeAll(() => {
    log = logOf({ APP_KEY: secret, APP_COPY: secret, TZ: "Europe/Oslo" });
    found = collect(log, key);
  });

  test("is in the log with its values, and in no block", () => {
    expect(log.toString()).toContain(secret.replaceAll('"', '\\"'));
    const text = JSON.stringify([...found.blocks.values(), ...found.firstSubkey]);
    expect(text).not.toContain("s3cr3t");
    expect(text).toContain("Europe/Oslo");
  });

  test("has none of Go's digests, from which a value could be guessed", () => {
    const digests = [...log.toString().matchAll(/HASH\[(?:getenv|testInputs)\]: ([0-9a-f]{64})$/gm)].map(
      ([, digest]) => digest,
    );
    expect(digests.length).toBeGreaterThanOrEqual(4);
    const version = /HASH\[getenv\]: "(go[^"]+)"/.exec(log.toString())?.[1] ?? "";
    const made = createHash("sha256").update(`${version}\x01${secret}`).digest("hex");
    expect(digests).toContain(made);
    const text = JSON.stringify([...found.blocks.values(), ...found.blocks.keys(), ...found.firstSubkey]);
    for (const digest of digests) expect(text).not.toContain(digest);
  });

  test("compares under one key: equal values have equal digests and tokens, others other ones", () => {
    const digestsOf = (collected: CollectedLog): ReadonlyMap<string, string> => {
      const inputs = [...collected.blocks.values()].find((block) => block.name === "testInputs");
      return new Map(
        (inputs?.lines ?? []).flatMap((line) => {
          const [, name, digest] = /^env (\S+) ([0-9a-f]{64})\n$/.exec(line) ?? [];
          return name === undefined || digest === undefined ? [] : [[name, digest] as const];
        }),
      );
    };
    const digests = digestsOf(found);
    expect([...digests.keys()].sort()).toEqual(["APP_COPY", "APP_KEY", "GODEBUG", "TZ", "UNSET_X"]);
    expect(digests.get("APP_KEY")).toBe(digests.get("APP_COPY"));
    expect(digests.get("APP_KEY")).not.toBe(digests.get("TZ"));
    for (const digest of digests.values()) expect([...found.blocks.keys()]).toContain(digest);
    const changed = digestsOf(collect(logOf({ APP_KEY: other, APP_COPY: secret, TZ: "Europe/Oslo" }), key));
    expect(changed.get("APP_KEY")).not.toBe(digests.get("APP_KEY"));
    expect(changed.get("APP_COPY")).toBe(digests.get("APP_COPY"));
    expect(changed.get("TZ")).toBe(digests.get("TZ"));
    expect(digestsOf(collect(log, randomBytes(32))).get("TZ")).not.toBe(digests.get("TZ"));
  });
});
