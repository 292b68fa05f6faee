// Is every go command below gotestsum and goreleaser seen? `node scripts/check-run.mjs [FOLDER] [--goreleaser]` installs the real
// programs from the module proxy into FOLDER (else a folder that is deleted), and runs them under `gocache-why run` on a small module.
// goreleaser takes minutes to compile, and is left out unless it is asked for. Ends with status 1 where a go command was missed or a
// status differs. Needs `npm run build`.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { goreleaser: { type: "boolean", default: false } },
  allowPositionals: true,
});
const tool = join(dirname(dirname(fileURLToPath(import.meta.url))), "bin/gocache-why.js");
const own = positionals[0] === undefined;
const folder = own ? mkdtempSync(join(tmpdir(), "gocache-why-run-")) : resolve(positionals[0]);
const bin = join(folder, "bin");
const module = join(folder, "m");
rmSync(module, { recursive: true, force: true });
const env = {
  ...process.env,
  PATH: `${bin}:${process.env.PATH}`,
  GOCACHE: join(folder, "gocache"),
  GOBIN: bin,
  XDG_STATE_HOME: join(folder, "state"),
};

const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "main.go": 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.Name()) }\n',
  "lib/lib.go": 'package lib\n\nfunc Name() string { return "lib" }\n',
  "lib/lib_test.go": 'package lib\n\nimport "testing"\n\nfunc TestName(t *testing.T) { Name() }\n',
  ".goreleaser.yaml":
    "version: 2\nproject_name: m\nbuilds:\n  - goos: [linux]\n    goarch: [amd64]\n    env: [CGO_ENABLED=0]\n",
};
for (const [name, text] of Object.entries(files)) {
  mkdirSync(dirname(join(module, name)), { recursive: true });
  writeFileSync(join(module, name), text);
}
const git = (...words) =>
  execFileSync("git", ["-c", "user.name=n", "-c", "user.email=n@example.com", ...words], { cwd: module });
git("init", "-q");
git("add", ".");
git("commit", "-qm", "first");

const programs = [
  {
    name: "gotestsum",
    source: "gotest.tools/gotestsum@v1.13.0",
    words: ["--format", "testname", "./..."],
    wanted: /^go test -json .*\.\/\.\.\.$/,
  },
  ...(values.goreleaser
    ? [
        {
          name: "goreleaser",
          source: "github.com/goreleaser/goreleaser/v2@v2.15.1",
          words: ["build", "--snapshot", "--clean"],
          wanted: /^go build .*-o /,
        },
      ]
    : []),
];

let failures = 0;
for (const { name, source, words, wanted } of programs) {
  execFileSync("go", ["install", source], { env, cwd: folder, stdio: "inherit" });
  const plain = spawnSync(name, words, { env, cwd: module, encoding: "utf8" });
  const file = join(folder, `${name}.json`);
  const command = [tool, "run", "--format", "json", "--output", file, "--", name, ...words];
  const recorded = spawnSync(process.execPath, command, { env, cwd: module, encoding: "utf8" });
  const report = JSON.parse(readFileSync(file, "utf8"));
  const commands = report.runs.map((run) => run.command.join(" "));
  const seen = commands.some((line) => wanted.test(line));
  const ok = seen && plain.status === 0 && recorded.status === 0;
  if (!ok) failures++;
  console.log(
    `${name}: ${ok ? "seen" : "MISSED"}, status ${plain.status} and ${recorded.status}, ${report.totals.actions} actions, ${commands.join("; ")}`,
  );
  if (!ok) console.log(recorded.stderr.slice(-2000));
}
if (own) {
  execFileSync("chmod", ["-R", "u+w", folder]);
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
