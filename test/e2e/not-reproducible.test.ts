import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { makeSandbox, report, type Sandbox } from "./sandbox.ts";
import { makeExecutable } from "./wrapper-script.ts";

const path = "example.com/m";
const letters = ["a", "b", "c", "d", "e"];

/** A chain: main imports a, which imports b, … down to e. One of them, drawn at random, gives another output each time. */
const drawn = letters[Math.floor(Math.random() * letters.length)] ?? "c";
const chain = {
  "go.mod": `module ${path}\n\ngo 1.24\n`,
  "main.go": `package main\n\nimport "${path}/a"\n\nfunc main() { println(a.Name()) }\n`,
  ...Object.fromEntries(
    letters.map((name, at) => {
      const below = letters[at + 1];
      const imports = below === undefined ? "" : `import "${path}/${below}"\n\n`;
      const rest = below === undefined ? "" : ` + ${below}.Name()`;
      return [
        `${name}/${name}.go`,
        `package ${name}\n\n${imports}func Name() string { return "${name}"${rest} }\n`,
      ];
    }),
  ),
};

/** A -toolexec program that adds a variable to one package, and tells go nothing of it. */
function stamper(on: Sandbox, value: string): string {
  return makeExecutable(
    on.root,
    "stamp",
    `case "$* " in
*/compile" "*" -p ${path}/${drawn} "*)
  mkdir -p ${on.root}/extra
  printf 'package ${drawn}; var Stamped = "%s"\\n' "${value}" >${on.root}/extra/stamped.go
  exec "$@" ${on.root}/extra/stamped.go ;;
*) exec "$@" ;;
esac
`,
  );
}

function buildOf(on: Sandbox, words: readonly string[]): Report {
  const { status, stderr, report: made } = report(on, ["go", ...words], { env: { CGO_ENABLED: "1" } });
  expect([status, stderr]).toEqual([0, ""]);
  return made;
}

/** Takes away the entry of an action, so that it runs again under the same key. */
function dropEntry(on: Sandbox, key: string, { actions }: Report): void {
  const id = actions.find((action) => action.key === key)?.id ?? "";
  const hex = Buffer.from(id, "base64url").toString("hex");
  const folder = join(on.cache, hex.slice(0, 2));
  const entry = readdirSync(folder).find((name) => name.startsWith(hex) && name.endsWith("-a"));
  rmSync(join(folder, entry ?? "none"));
}

function namedBy({ actions, causes }: Report): Record<string, readonly string[]> {
  const names = causes.map(({ code, subject }) => `${code} ${subject}`);
  return Object.fromEntries(
    actions.map((action) => [action.key, action.causes.map((at) => names[at] ?? "").sort()]),
  );
}

describe("one key, two outputs", () => {
  test.each([
    ["another time in each", "$(date +%s%N)", true],
    ["the same in each", "1", false],
  ])("a -toolexec program that adds %s", (_, value, differs) => {
    const on = makeSandbox(chain);
    const words = ["build", "-buildvcs=false", `-toolexec=${stamper(on, value)}`, "-o", "bin/m", "."];
    const first = buildOf(on, words);
    dropEntry(on, `build ${path}/${drawn}`, first);
    const second = buildOf(on, words);

    const { [`build ${path}/${drawn}`]: own, ...dragged } = namedBy(second);
    expect(own).toEqual(["cache-entry-missing GOCACHE"]);
    expect(second.unexplained).toEqual([]);
    const both = ["cache-entry-missing GOCACHE", `output-not-reproducible ${path}/${drawn}`];
    for (const [key, causes] of Object.entries(dragged)) expect([key, causes]).toEqual([key, both]);
    if (!differs) {
      expect(dragged).toEqual({});
      return;
    }
    // Its importer at least, and the program, which holds the variable.
    const importer = drawn === "a" ? path : `${path}/${letters[letters.indexOf(drawn) - 1]}`;
    expect(Object.keys(dragged)).toEqual(expect.arrayContaining([`build ${importer}`, `link ${path}`]));
    const cause = second.causes.find(({ code }) => code === "output-not-reproducible");
    expect(cause).toMatchObject({
      class: "other",
      direct: 0,
      cascade: Object.keys(dragged).length,
      packages: [],
      evidence: { kind: "observed" },
    });
  });

  test("a C file with __TIME__ in it, compiled again outside the tool: it hits, and what is above it ran", async () => {
    const on = makeSandbox({
      "go.mod": `module ${path}\n\ngo 1.24\n`,
      "main.go": `package main\n\nimport "${path}/native"\n\nfunc main() { native.Call() }\n`,
      "native/native.go": `package native\n\n// void call(void);\nimport "C"\n\nfunc Call() { C.call() }\n`,
      "native/call.c": 'const char *compiled = __DATE__ " " __TIME__;\nvoid call(void) {}\n',
    });
    const words = ["build", "-buildvcs=false", "-o", "bin/m", "."];
    const first = buildOf(on, words);
    dropEntry(on, `build ${path}/native`, first);
    await new Promise((done) => setTimeout(done, 1100));
    buildOf(on, ["build", "-buildvcs=false", "./native"]);
    const third = buildOf(on, words);
    const cause = [`output-not-reproducible ${path}/native`];
    expect(namedBy(third)).toEqual({ [`build ${path}`]: cause, [`link ${path}`]: cause });
    expect(third.unexplained).toEqual([]);
  });
});
