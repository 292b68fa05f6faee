import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { makeSandbox, report, run, type Sandbox, tool } from "./sandbox.ts";
import { pathWithGo } from "./wrapper-script.ts";

const lib = (text: string) => `package lib\n\nfunc Name() string { return "${text}" }\n`;
const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "main.go": 'package main\n\nimport "example.com/m/mid"\n\nfunc main() { println(mid.Name()) }\n',
  "mid/mid.go": 'package mid\n\nimport "example.com/m/lib"\n\nfunc Name() string { return lib.Name() }\n',
  "lib/lib.go": lib("0"),
};
const build = ["go", "build", "-o", "bin/", "."];
let sandbox: Sandbox;
let asked: string;

/** A go that notes what it is asked, and takes six seconds to begin a build that is to be slow. */
const noting = `echo "$*" >> "$ASKED"
case "$*" in *graph.json*)
  [ -z "$SLOW" ] || sleep 6
  "$GO" "$@"
  status=$?
  [ -z "$SAVED" ] || cp "$SAVED" lib/lib.go
  echo ended >> "$ASKED"
  exit $status ;;
esac
[ -z "$BROKEN" ] || case "$*" in *"-n -x"*) [ ! -e "$BROKEN" ] && touch "$BROKEN" && exit 1 ;; esac
exec "$GO" "$@"
`;

/** A build in which nothing missed tells how long go takes for nothing. */
beforeAll(() => {
  sandbox = makeSandbox(files);
  asked = join(sandbox.root, "asked");
  PATH = pathWithGo(sandbox.root, "noting", noting);
  writeFileSync(asked, "");
  for (let count = 0; count < 2; count++) expect(tool(sandbox, build, { env: env() }).status).toBe(0);
});

let PATH: string;
const env = (more: Record<string, string> = {}) => ({ PATH, ASKED: asked, ...more });

/** What go was asked while it built, and after that. */
function slowBuild(text: string, more: Record<string, string> = {}) {
  writeFileSync(join(sandbox.module, "lib/lib.go"), lib(text));
  writeFileSync(asked, "");
  const made = report(sandbox, build, { env: env({ SLOW: "1", ...more }) });
  expect([made.status, made.stderr]).toEqual([0, ""]);
  const { causes, totals, unexplained, warnings } = made.report;
  expect([unexplained, warnings]).toEqual([[], []]);
  expect(causes.map((cause) => [cause.code, cause.subject, cause.evidence.kind])).toEqual([
    ["file-edited", "lib/lib.go", "proven"],
  ]);
  expect(totals.ran).toBe(4);
  const [during = "", after = ""] = readFileSync(asked, "utf8").split("ended\n");
  const replays = (lines: string): number => lines.split("\n").filter((line) => / -n -x /.test(line)).length;
  return { during: replays(during), after: replays(after) };
}

test("while a build goes on go is asked for its inputs, and not again when it is over", () => {
  expect(slowBuild("1")).toEqual({ during: 1, after: 0 });
  expect(run(sandbox, "bin/m", []).stderr).toBe("1\n");
});

test("a build in which nothing is to be done is not asked about", () => {
  writeFileSync(asked, "");
  expect(tool(sandbox, build, { env: env() }).stderr).toMatch(/^gocache-why: all \d+ actions were cached\n$/);
  expect(readFileSync(asked, "utf8")).not.toContain("-n -x");
});

test("what fails early is asked again when go has ended", () => {
  expect(slowBuild("2", { BROKEN: join(sandbox.root, "broken") })).toEqual({ during: 1, after: 1 });
});

test("what is saved while go builds changes nothing of what is told", () => {
  const saved = join(sandbox.root, "saved.go");
  writeFileSync(saved, lib("4"));
  const { during } = slowBuild("3", { SAVED: saved });
  expect(during).toBe(1);
});
