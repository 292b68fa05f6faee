import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeSandbox } from "./sandbox.ts";
import { wrappedTests } from "./wrapped-tests.ts";
import { pathWithGo } from "./wrapper-script.ts";

const testOf = (name: string, imports = ""): string =>
  `package ${name}\n\nimport "testing"\n${imports}\nfunc Test(*testing.T) {}\n`;

/** Tests that link two main packages, and vets of a package that is compiled once more for its own test. */
const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "lib/lib.go": 'package lib\n\nfunc Name() string { return "lib" }\n',
  "lib/lib_test.go": testOf("lib"),
  "lib/outside_test.go": testOf("lib_test", 'import _ "example.com/m/lib"\n'),
  "cmd/one/main.go": 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.Name()) }\n',
  "cmd/one/main_test.go": testOf("main"),
  "cmd/two/main.go": "package main\n\nfunc main() {}\n",
  "cmd/two/outside_test.go": testOf("main_test"),
};

test("where all of a go test is known, go is asked for no inputs", () => {
  const sandbox = makeSandbox(files);
  const asked = join(sandbox.root, "asked");
  const PATH = pathWithGo(sandbox.root, "noting", `echo "$*" >> "${asked}"\nexec "$GO" "$@"\n`);
  const isReplay = (line: string): boolean => /^(test -n|list -test) /.test(line);
  const replays = (): number => {
    writeFileSync(asked, "");
    const { verdicts } = wrappedTests(sandbox, ["test", "./..."], { env: { PATH } });
    expect(Object.keys(verdicts)).toHaveLength(3);
    const lines = readFileSync(asked, "utf8").trim().split("\n");
    expect(lines.some((line) => line.startsWith("test -debug-actiongraph="))).toBe(true);
    return lines.filter(isReplay).length;
  };
  expect(replays()).toBeGreaterThan(0);
  replays();
  expect([replays(), replays()]).toEqual([0, 0]);
});
