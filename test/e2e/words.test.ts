import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { makeSandbox, type Sandbox, tool } from "./sandbox.ts";
import { pathWithGo } from "./wrapper-script.ts";

let sandbox: Sandbox;
let path: string;
let log: string;

beforeAll(() => {
  sandbox = makeSandbox({ "go.mod": "module example.com/m\n\ngo 1.24\n", "m.go": "package m\n" });
  log = join(sandbox.root, "words");
  // What go is given, one word behind the other; a command that the tool asks of its own is none of the user's.
  path = pathWithGo(
    sandbox.root,
    "noting",
    `printf '%s\\0' "$@" >>"${log}"; printf '\\n\\0' >>"${log}"\nexit 3\n`,
  );
});

/** Every command that go was started with. */
function started(): readonly (readonly string[])[] {
  const text = existsSync(log) ? readFileSync(log, "utf8") : "";
  const commands = text.split("\0\n\0").slice(0, -1);
  return commands.map((command) => command.replace(/^\n\0/, "").split("\0"));
}

const word = fc.oneof(
  fc.string({ maxLength: 8 }).filter((text) => !text.includes("\0") && !text.includes("\n")),
  fc.constantFrom(
    "",
    "-",
    "--",
    "-x",
    "--format",
    "--output=a",
    "a b",
    "'",
    '"',
    "$HOME",
    "*",
    "é",
    "\u{1f600}",
    "\\",
    "-C",
    "=",
    "go",
  ),
);

test("whatever is typed behind go is what go is given, in a process of its own", () => {
  fc.assert(
    fc.property(
      fc.constantFrom<readonly string[]>([], ["--quiet"], ["--format", "json"], ["-v", "--"]),
      fc.constantFrom("env", "mod", "nonsense"),
      fc.array(word, { maxLength: 6 }),
      (own, verb, words) => {
        rmSync(log, { force: true });
        const outcome = tool(sandbox, [...own, "go", verb, ...words], { env: { PATH: path } });
        expect([outcome.status, outcome.stderr]).toEqual([3, ""]);
        expect(started()).toEqual([[verb, ...words]]);
      },
    ),
    { numRuns: 20, seed: 1 },
  );
});

test("... and of what is recorded but for the flag that asks for the graph", () => {
  const words = ["build", "-ldflags=-X 'main.v=a b'", "-tags", "a,b", "./...", "", "é"];
  rmSync(log, { force: true });
  expect(tool(sandbox, ["--quiet", "go", ...words], { env: { PATH: path } }).status).toBe(3);
  const given = started().map((command) =>
    command.filter((each) => each !== "-x" && !each.startsWith("-debug-actiongraph=")),
  );
  expect(given).toContainEqual(words);
});
