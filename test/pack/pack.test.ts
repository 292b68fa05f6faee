import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainEnvironment } from "../e2e/plain-environment.ts";
import { writeFiles } from "../e2e/write-files.ts";

const repository = join(import.meta.dirname, "../..");
const root = mkdtempSync(join(tmpdir(), "gocache-why-pack-"));
const consumer = join(root, "consumer");
const unpacked = join(consumer, "node_modules/gocache-why");
const hasGo = spawnSync("go", ["version"]).status === 0;

const env = {
  ...plainEnvironment(),
  HOME: join(root, "home"),
  TMPDIR: join(root, "tmp"),
  GOCACHE: join(root, "gocache"),
  XDG_STATE_HOME: join(root, "state"),
  npm_config_cache: join(root, "npm-cache"),
  npm_config_update_notifier: "false",
};

/** A command's stdout and stderr; fails the test with both where it failed. */
function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${status}\n${stdout}\n${stderr}`);
  return `${stdout}${stderr}`;
}

/** Packs a copy, since packing builds dist anew; nothing but the tarball is seen by what is installed from it. */
beforeAll(() => {
  for (const name of ["home", "tmp", "copy"]) mkdirSync(join(root, name), { recursive: true });
  const copy = join(root, "copy");
  const listed = [
    "bin",
    "src",
    "schema",
    "scripts",
    "docs",
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
  ];
  for (const name of listed) cpSync(join(repository, name), join(copy, name), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"));
  run("npm", ["pack", "--pack-destination", root], copy);
  const tarball = readdirSync(root).find((name) => name.endsWith(".tgz")) ?? "";
  writeFiles(consumer, {
    "package.json": '{ "name": "consumer", "private": true, "type": "module" }\n',
    "go.mod": "module example.com/consumer\n\ngo 1.22\n",
    "path_test.go": `package consumer

import (
	"os"
	"testing"
)

func TestPath(t *testing.T) {
	t.Log(len(os.Getenv("PATH")), os.Getenv("npm_config_user_agent"), os.Getenv("NODE"), os.Getenv("INIT_CWD"))
}
`,
    "use.ts": `import { explainRuns, readLog, type Report, renderReport } from "gocache-why";

export async function told(chunks: readonly Uint8Array[]): Promise<string> {
  const report: Report = explainRuns(null, await readLog(chunks));
  return renderReport(report, "markdown");
}
`,
    "use.js":
      'import { formats } from "gocache-why";\nimport { createRequire } from "node:module";\nconst schema = createRequire(import.meta.url)("gocache-why/schema/why.schema.json");\nconsole.log(formats.join(), schema.$id);\n',
  });
  // Offline: the tarball is all there is.
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(root, tarball)], consumer);
}, 300_000);

afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));

describe("the package", () => {
  test("has at most 1.5 MB without its dependencies, 2.5 MB with them, needs no other package, and holds no test", () => {
    expect(readdirSync(join(consumer, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "gocache-why",
    ]);
    const files = readdirSync(unpacked, { recursive: true, encoding: "utf8" }).filter((name) =>
      statSync(join(unpacked, name)).isFile(),
    );
    const bytes = files.reduce((sum, name) => sum + statSync(join(unpacked, name)).size, 0);
    expect(bytes).toBeLessThan(2_500_000);
    const licenses = readFileSync(join(unpacked, "dist/LICENSES.txt"), "utf8");
    const others = Number(/hold (\d+) bytes of the packages below/.exec(licenses)?.[1]);
    expect(others).toBeGreaterThan(100_000);
    expect(bytes - others - licenses.length).toBeLessThan(1_500_000);
    expect(files.filter((name) => /(^|\/)test\/|\.test\.|node_modules|^src/.test(name))).toEqual([]);
    for (const name of ["report", "runs", "why", "inputs", "tests", "config", "check"])
      expect(files).toContain(`schema/${name}.schema.json`);
  });

  test("carries the licenses of what it bundles", () => {
    const licenses = readFileSync(join(unpacked, "dist/LICENSES.txt"), "utf8");
    for (const name of [
      "chalk",
      "cli-table3",
      "commander",
      "diff",
      "string-width",
      "uplot",
      "@dagrejs/dagre",
      "d3-scale",
    ]) {
      expect(licenses).toMatch(new RegExp(`^${name} \\d`, "m"));
    }
  });

  test("runs from its tarball", () => {
    const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
    expect(run("npx", ["--no-install", "gocache-why", "--version"], consumer)).toContain(version);
  });

  test("is a library with types", () => {
    expect(run("node", ["use.js"], consumer)).toBe(
      "terminal,markdown,json,html,trace urn:gocache-why:why:1\n",
    );
    const tsc = join(repository, "node_modules/.bin/tsc");
    const flags = [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--types",
      "node",
      "--typeRoots",
      join(repository, "node_modules/@types"),
      "--ignoreConfig",
    ];
    execFileSync(tsc, [...flags, "use.ts"], { cwd: consumer, env, stdio: "pipe" });
  });

  test.skipIf(!hasGo)(
    "through npx it leaves a test's result where plain go finds it, and the reverse",
    () => {
      const wrapped = ["--no-install", "gocache-why", "--quiet", "go", "test", "./..."];
      run("go", ["test", "./..."], consumer);
      expect(run("go", ["test", "./..."], consumer)).toContain("(cached)");
      expect(run("npx", wrapped, consumer)).toContain("(cached)");
      run("go", ["clean", "-testcache"], consumer);
      expect(run("npx", wrapped, consumer)).not.toContain("(cached)");
      expect(run("go", ["test", "./..."], consumer)).toContain("(cached)");
      expect(existsSync(join(root, "state/gocache-why"))).toBe(true);
    },
    300_000,
  );
});
