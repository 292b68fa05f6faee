// The real programs that are built: source trees from the module proxy, in a folder of the benchmark's own.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {{ name: string, directory: string, build: string[], env: Record<string, string | undefined> }} Program
 */

const known = {
  caddy: { module: "github.com/caddyserver/caddy/v2@v2.11.9", main: "./cmd/caddy" },
  prometheus: { module: "github.com/prometheus/prometheus@v0.307.3", main: "./cmd/prometheus" },
  tools: { module: "golang.org/x/tools@v0.38.0", main: "" },
};

/**
 * @param {"caddy" | "prometheus" | "tools"} name
 * @param {string} root where the tree goes, with a GOCACHE and a history for all programs
 * @returns {Program} `build` are the words of the go command without `go`
 */
export function getProgram(name, root) {
  const directory = join(root, name);
  const { module, main } = known[name];
  const env = {
    ...process.env,
    GOCACHE: join(root, "cache"),
    XDG_STATE_HOME: join(root, "state"),
    GOFLAGS: "-buildvcs=false -modcacherw",
    PWD: directory,
  };
  mkdirSync(join(root, "bin"), { recursive: true });
  if (!existsSync(directory)) {
    const found = execFileSync("go", ["mod", "download", "-json", module], { cwd: root, encoding: "utf8" });
    cpSync(JSON.parse(found).Dir, directory, { recursive: true, preserveTimestamps: true });
    execFileSync("chmod", ["-R", "u+w", directory]);
    execFileSync("go", ["mod", "download"], { cwd: directory, env, stdio: "ignore" });
  }
  return { name, directory, build: ["build", "-o", join(root, "bin", name), main], env };
}

/**
 * A go command that notes how long each of its runs took.
 * @param {string} root
 * @returns {{ directory: string, forget: () => void, longest: () => number }} its folder, for PATH; seconds of the longest run since `forget`
 */
export function stampedGo(root) {
  const directory = join(root, "stamped");
  const notes = join(directory, "notes");
  mkdirSync(directory, { recursive: true });
  const real = join(execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim(), "bin/go");
  const script = `#!/bin/sh
start=$(date +%s%N)
'${real}' "$@"
status=$?
echo $(($(date +%s%N) - start)) >> '${notes}'
exit $status
`;
  writeFileSync(join(directory, "go"), script, { mode: 0o755 });
  return {
    directory,
    forget: () => writeFileSync(notes, ""),
    longest: () => Math.max(...readFileSync(notes, "utf8").trim().split("\n").map(Number)) / 1e9,
  };
}
