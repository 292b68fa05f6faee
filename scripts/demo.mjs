// Shows the main job on real input: builds a small module through gocache-why, changes it, builds it again.
// Where there is no Go it explains two logs that `scripts/make-demo-logs.mjs` recorded, and says so.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { editModule, writeModule } from "./demo/module.mjs";

const tool = join(import.meta.dirname, "../bin/gocache-why.js");

/** @param {string[]} words @param {string} cwd @param {Record<string, string>} env */
function run(words, cwd, env) {
  const set = Object.entries(env)
    .filter(([name]) => name.startsWith("GOFLAGS"))
    .map(([name, value]) => `${name}='${value}' `)
    .join("");
  process.stdout.write(`\n$ ${set}gocache-why ${words.join(" ")}\n`);
  const { status } = spawnSync(process.execPath, [tool, ...words], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) {
    process.exitCode = status ?? 1;
    throw new Error(`gocache-why ${words.join(" ")} ended with status ${status}`);
  }
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`\n# ${text}\n`);
}

function withGo() {
  const directory = mkdtempSync(join(tmpdir(), "gocache-why-demo-"));
  try {
    const env = {
      GOCACHE: join(directory, "cache"),
      XDG_STATE_HOME: join(directory, "state"),
      PWD: join(directory, "shop"),
    };
    const shop = join(directory, "shop");
    const build = ["go", "build", "-buildvcs=false", "-o", "bin/", "./..."];
    writeModule(shop);
    say("A small module, an empty cache: the first build has nothing to compare with.");
    run(build, shop, env);
    say("The same again.");
    run(build, shop, env);
    editModule(shop);
    say("One line of price/price.go is edited: 119 becomes 107.");
    run(build, shop, env);
    say("And a flag in the environment.");
    run(build, shop, { ...env, GOFLAGS: "-ldflags=-X=main.version=v1.2.0" });
    say("What was recorded.");
    run(["runs"], shop, env);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function withoutGo() {
  say("There is no go on PATH: two recorded logs (testdata/demo) are compared instead.");
  run(["diff", "testdata/demo/before.log", "testdata/demo/now.log"], join(import.meta.dirname, ".."), {});
}

if (spawnSync("go", ["version"], { stdio: "ignore" }).status === 0) withGo();
else withoutGo();
