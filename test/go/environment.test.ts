import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { userEnvironment } from "../../src/go/environment.ts";
import { temporaryDirectory, writeFiles } from "./temporary.ts";

const root = temporaryDirectory();
const noProcesses = { processes: null };

const npm = {
  npm_execpath: "/usr/lib/node_modules/npm/bin/npm-cli.js",
  npm_node_execpath: "/usr/bin/node",
  npm_lifecycle_event: "npx",
  npm_config_cache: "/home/u/.npm",
};
const npmPath =
  "/m/node_modules/.bin:/node_modules/.bin:/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin";

describe("without npm", () => {
  test("nothing changes", () => {
    const env = {
      PATH: "/m/node_modules/.bin:/bin",
      NODE: "x",
      COLOR: "1",
      npm_config_cache: "/c",
      EDITOR: "vi",
    };
    expect(userEnvironment(env)).toEqual(env);
  });
});

describe("where no process can be asked", () => {
  test("what has npm's form goes", () => {
    const env = {
      ...npm,
      PATH: `${npmPath}:/usr/bin:/bin`,
      NODE: "/usr/bin/node",
      INIT_CWD: "/m",
      COLOR: "0",
      EDITOR: "vi",
      GOFLAGS: "-race",
    };
    expect(userEnvironment(env, noProcesses)).toEqual({ PATH: "/usr/bin:/bin", GOFLAGS: "-race" });
  });

  test("what has another form stays", () => {
    const env = {
      ...npm,
      PATH: `/opt/tool:${npmPath}:/own/node_modules/.bin:/bin`,
      NODE: "mine",
      COLOR: "always",
      EDITOR: "emacs",
    };
    expect(userEnvironment(env, noProcesses)).toEqual({
      PATH: "/opt/tool:/own/node_modules/.bin:/bin",
      NODE: "mine",
      COLOR: "always",
      EDITOR: "emacs",
    });
  });
});

describe("from npm's own environment", () => {
  const processes = join(root, "proc");
  const environ = (env: Record<string, string>) =>
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}\0`)
      .join("");

  test("the outermost npm counts, and npm_config_ of the user is kept", () => {
    writeFiles(processes, {
      "30/environ": environ(npm),
      "30/stat": "30 (sh (x) y) S 20 1 1",
      "20/environ": environ(npm),
      "20/stat": "20 (npm run) S 10 1 1",
      "10/environ": environ({
        npm_config_cache: "/mine",
        PATH: "/own/node_modules/.bin:/m/node_modules/.bin:/bin",
        COLOR: "7",
        EDITOR: "emacs",
        LANG: "C",
      }),
    });
    const env = {
      ...npm,
      PATH: `/late:/m/node_modules/.bin:/m/node_modules/.bin:${npmPath}:/own/node_modules/.bin:/m/node_modules/.bin:/bin`,
      COLOR: "0",
      EDITOR: "vi",
      NODE: "/usr/bin/node",
      INIT_CWD: "/m",
      LANG: "de",
      NEW: "1",
    };
    expect(userEnvironment(env, { parent: 30, processes })).toEqual({
      npm_config_cache: "/mine",
      PATH: "/late:/own/node_modules/.bin:/m/node_modules/.bin:/bin",
      COLOR: "7",
      EDITOR: "emacs",
      LANG: "de",
      NEW: "1",
    });
  });
});

describe.runIf(process.platform === "linux")("real npm", () => {
  const project = join(root, "project");
  const userEnv = {
    PATH: `/not/there/node_modules/.bin:${process.env.PATH}`,
    HOME: root,
    COLOR: "mine",
    npm_config_audit: "false",
    npm_config_offline: "true",
    npm_config_cache: join(root, "npm-cache"),
    npm_config_update_notifier: "false",
    OTHER: "a\nb",
  };

  beforeAll(() => {
    writeFiles(root, {
      "project/package.json": JSON.stringify({
        name: "p",
        version: "1.0.0",
        scripts: { dump: "FROM_SCRIPT=1 dump-env", nested: "npm run -s dump" },
      }),
      "tool/package.json": JSON.stringify({
        name: "dump-env",
        version: "1.0.0",
        bin: { "dump-env": "bin.mjs" },
      }),
      "tool/bin.mjs":
        '#!/usr/bin/env node\nimport { userEnvironment } from "./environment.mjs";\nconsole.log(JSON.stringify(userEnvironment(process.env)));\n',
    });
    chmodSync(join(root, "tool/bin.mjs"), 0o755);
    buildSync({
      entryPoints: [join(import.meta.dirname, "../../src/go/environment.ts")],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: join(root, "tool/environment.mjs"),
    });
    // As npm installs a local package, without asking npm to do it.
    mkdirSync(join(project, "node_modules/.bin"), { recursive: true });
    symlinkSync("../../tool", join(project, "node_modules/dump-env"));
    symlinkSync("../dump-env/bin.mjs", join(project, "node_modules/.bin/dump-env"));
  });

  test.each([
    ["npm exec", "npm", ["exec", "--", "dump-env"], {}],
    ["npx", "npx", ["dump-env"], {}],
    ["npm run", "npm", ["run", "-s", "dump"], { FROM_SCRIPT: "1" }],
    ["npm run in npm run", "npm", ["run", "-s", "nested"], { FROM_SCRIPT: "1" }],
  ])("%s", { timeout: 60_000 }, (_, command, args, more) => {
    const stdout = execFileSync(command, args, {
      cwd: project,
      env: { ...userEnv, PWD: project },
      encoding: "utf8",
    });
    const env = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    // What the shells in between set on their own account.
    for (const name of ["_", "SHLVL", "OLDPWD"]) delete env[name];
    expect(env).toEqual({ ...userEnv, PWD: project, ...more });
  });
});
