import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readActionGraph } from "../../src/go/action-graph.ts";
import { hashingGodebug, replay } from "../../src/go/replay.ts";
import { parseGoWords, replayWords } from "../../src/model/go-command.ts";
import type { Digest } from "../../src/model/ids.ts";
import { shortId } from "../../src/model/ids.ts";
import { isWhole } from "../whole.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "./temporary.ts";

const root = temporaryDirectory();
const directory = join(root, "m");
mkdirSync(directory);
writeFiles(directory, {
  "go.mod": "module example.com/m\n\ngo 1.22\n",
  "a/a.go": "package a\n\nfunc A() int { return 1 }\n",
  "a/a_test.go":
    'package a_test\n\nimport (\n\t"testing"\n\n\t"example.com/m/a"\n)\n\nfunc TestA(t *testing.T) { a.A() }\n',
  "main.go": 'package main\n\nimport "example.com/m/a"\n\nfunc main() { println(a.A()) }\n',
});

test("hashingGodebug", () => {
  expect(hashingGodebug(undefined)).toBe("gocachehash=1");
  expect(hashingGodebug("")).toBe("gocachehash=1");
  expect(hashingGodebug("gocachehash=0,panicnil=1,gocacheverify=1")).toBe("panicnil=1,gocachehash=1");
});

test("no such program", async () => {
  const result = await replay({ path: join(root, "none"), args: [], env: {}, onLog: () => undefined });
  expect(result.exitCode).toBeNull();
});

const testMains = ["build example.com/m/a.test", "link example.com/m/a.test"];

describe.each(isWhole ? ["local", "go1.22.12"] : ["local"])(
  "the replay has the keys of the run, and stores nothing (%s)",
  (toolchain) => {
    test.each([
      ["build -o ../out .", "", []],
      ["-C m build ./...", "", []],
      ["build -a -trimpath -o ../out .", "", []],
      ["build -race=false ./...", "-trimpath -a -json=false -debug-actiongraph=", []],
      ["run -tags x . arg", "", []],
      ["vet -printf ./...", "", []],
      // Under -n the text of the test main is not written, and its keys differ (go-cache.md §6).
      ["test -run X ./...", "-v", testMains],
      ["test -coverprofile=../cover.out ./...", "", testMains],
    ])("go %s (GOFLAGS=%s)", { timeout: 240_000 }, async (line, goflags, allowed) => {
      const env = goEnvironment(root, { CGO_ENABLED: "0", GOFLAGS: goflags, GOTOOLCHAIN: toolchain });
      const words = line.split(" ");
      const command = parseGoWords(words, goflags === "" ? null : { text: goflags, origin: "GOFLAGS" });
      const cwd = command.chdir === null ? directory : root;
      const graphFile = join(root, "graph.json");
      const added = [...words];
      added.splice(command.insertAt, 0, `-debug-actiongraph=${graphFile}`);
      go(added, cwd, env);
      const graph = readActionGraph(graphFile);
      if (!("nodes" in graph)) throw new Error(graph.message);

      // The test runner has its own directory: a -C takes its place.
      const args = replayWords(command).filter(
        (word, at) => command.chdir === null || (at !== 0 && word !== "m"),
      );
      const files = () =>
        readdirSync(root, { recursive: true }).filter((name) => !String(name).startsWith("gocache"));
      const before = files();
      const log: Buffer[] = [];
      const result = await replay({
        path: "go",
        args: ["-C", directory, ...args],
        env,
        onLog: (chunk) => log.push(chunk),
      });
      const text = Buffer.concat(log).toString("latin1");
      const coversOld = toolchain === "go1.22.12" && line.includes("-cover");
      // Go 1.22 misses the meta data of coverage under -n, after it has printed all keys.
      if (!coversOld) expect(result.exitCode, text.slice(-500)).toBe(0);
      const sums = text.matchAll(/^HASH\[(?:build|link) .*\]: ([0-9a-f]{64})$/gm);
      const ids = new Set([...sums].map((match) => shortId(match[1] as Digest)));
      const missing = graph.nodes
        .filter((node) => node.mode === "build" || node.mode === "link")
        .filter((node) => node.actionId !== null && !ids.has(node.actionId))
        .map((node) => `${node.mode} ${node.package}`);
      expect(missing.filter((key) => !allowed.includes(key))).toEqual([]);
      expect(files()).toEqual(before);
      if (line.includes("-coverprofile")) expect(statSync(join(root, "cover.out")).size).toBeGreaterThan(10);
    });
  },
);
