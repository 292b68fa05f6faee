import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { noteState } from "./baseline.ts";
import { eightPackages } from "./eight-packages.ts";
import { go, makeSandbox, report, type Sandbox, tool } from "./sandbox.ts";
import { type Files, writeFiles } from "./write-files.ts";

/** Two edits, with a plain build after the first that stopped at a package that did not compile. */
interface Draw {
  readonly first: { readonly package: string; readonly text: string };
  readonly second: { readonly package: string; readonly text: string };
  readonly broken: string;
}

const libraries = ["a", "b", "c", "d", "e"];
const word = fc.stringMatching(/^[a-z]{1,12}$/);
const edit = fc.record({ package: fc.constantFrom(...libraries), text: word });
const draw: fc.Arbitrary<Draw> = fc
  .record({ first: edit, second: edit, broken: fc.constantFrom(...libraries) })
  // The edits are of two files, so that each is a cause of its own.
  .filter(({ first, second }) => first.package !== second.package);

const env = { CGO_ENABLED: "1" };
const words = ["build", "-o", "bin/", "./cmd/..."];
const fileOf = (name: string): string => `${name}/${name}.go`;

function edited({ package: name, text }: Draw["first"]): Files {
  const file = fileOf(name);
  return { [file]: (eightPackages[file] ?? "").replace(`return "${name}"`, `return "new-${text}"`) };
}

let sandbox: Sandbox;
let baseline: ReturnType<typeof noteState>;

beforeAll(() => {
  sandbox = makeSandbox(eightPackages);
  expect(tool(sandbox, ["--quiet", "go", ...words], { env })).toMatchObject({ status: 0, stderr: "" });
  baseline = noteState(sandbox);
});

/** What a plain build of the checkout runs, by its own graph. */
function ranByGo(): ReadonlySet<string> {
  const graph = join(sandbox.root, "truth.json");
  const [verb = "build", ...rest] = words;
  const outcome = go(sandbox, [verb, `-debug-actiongraph=${graph}`, ...rest], { env });
  expect([outcome.status, outcome.stderr]).toEqual([0, ""]);
  const nodes = JSON.parse(readFileSync(graph, "utf8")) as {
    Mode: string;
    Package: string;
    Cmd: string[] | null;
  }[];
  return new Set(
    nodes
      .filter(({ Mode, Cmd }) => (Mode === "build" || Mode === "link") && Cmd !== null)
      .map(({ Mode, Package }) => `${Mode} ${Package}`),
  );
}

/**
 * Who is to blame is asked of go itself: what hits with one of the two edits taken back needs that edit alone; what
 * runs with either of them taken back needs both.
 */
function check({ first, second, broken }: Draw): void {
  baseline.restore();
  writeFiles(sandbox.module, {
    ...edited(first),
    [`${broken}/broken.go`]: `package ${broken}\n\nvar _ = nothing\n`,
  });
  expect(go(sandbox, words, { env })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("undefined: nothing"),
  });
  rmSync(join(sandbox.module, `${broken}/broken.go`));
  const halfPaid = noteState(sandbox);
  const ranWith = (files: Files): ReadonlySet<string> => {
    halfPaid.restore();
    writeFiles(sandbox.module, files);
    return ranByGo();
  };
  const firstAlone = ranWith(edited(first));
  const secondAlone = ranWith({
    [fileOf(first.package)]: eightPackages[fileOf(first.package)] ?? "",
    ...edited(second),
  });
  const ran = ranWith({ ...edited(first), ...edited(second) });

  halfPaid.restore();
  writeFiles(sandbox.module, edited(second));
  const made = report(sandbox, ["go", ...words], { env });
  expect([made.status, made.stderr]).toEqual([0, ""]);
  const { causes, actions, unexplained } = made.report;
  const one = `file-edited ${fileOf(first.package)}`;
  const other = `file-edited ${fileOf(second.package)}`;
  const named = new Map(
    actions.map((action) => [
      action.key,
      action.causes.map((at) => `${causes[at]?.code} ${causes[at]?.subject}`).sort(),
    ]),
  );
  expect([...named.keys()].sort()).toEqual([...ran].sort());
  expect(unexplained).toEqual([]);
  for (const [key, blamed] of named) {
    const needs = [...(firstAlone.has(key) ? [one] : []), ...(secondAlone.has(key) ? [other] : [])].sort();
    // Where either alone, taken back, would have spared it, one of the two is named.
    if (needs.length > 0) expect(blamed, key).toEqual(needs);
    else expect([[one], [other]], key).toContainEqual(blamed);
  }
  expect(new Set(causes.map(({ code, subject }) => `${code} ${subject}`))).toEqual(
    new Set([...named.values()].flat()),
  );
}

// On a failure fast-check prints the seed and the draw; GOCACHE_WHY_SEED repeats it. GOCACHE_WHY_DRAWS=10 draws ten times as often.
const seed = Number(process.env.GOCACHE_WHY_SEED ?? Date.now() % 2 ** 31);
const times = Number(process.env.GOCACHE_WHY_DRAWS ?? 1);

test("an edit that a stopped build paid for in part", () => {
  fc.assert(fc.property(draw, check), { seed, numRuns: 3 * times, endOnFailure: true });
});
