import { beforeAll, describe, expect, test, vi } from "vitest";
import { runTarget } from "./run-target.ts";
import type { AnyTarget } from "./target.ts";

/** How many cases of each target are tried here; `npm run fuzz` tries a million. Always the same ones. */
const counts: Readonly<Record<string, number>> = {
  parser: 800,
  secrets: 60,
  "packed-logs": 300,
  "snapshot-bytes": 2000,
  "snapshot-content": 100,
  "history-files": 2000,
  store: 40,
  argv: 150,
  "go-words": 3000,
};

const commands =
  "cache check ci cold completion diff doctor explain export import inputs report run runs scrub tests what-if why wrap";

let targets: readonly AnyTarget[] = [];

beforeAll(async () => {
  for (const name of commands.split(" ")) {
    vi.doMock(`../../src/cli/commands/${name}.ts`, () => import("./stub-commands.ts"));
  }
  const { main } = await import("../../src/cli/main.ts");
  const { allTargets } = await import("./targets.ts");
  targets = allTargets(main);
}, 300_000);

describe("what holds of any input", () => {
  test.each(Object.entries(counts))("%s, %i cases", async (name, count) => {
    const target = targets.find((each) => each.name === name);
    expect(target === undefined ? "no such target" : await runTarget(target, 1, count)).toBeNull();
  });

  test("each target is tried", () => {
    expect(targets.map(({ name }) => name)).toEqual(Object.keys(counts));
  });
});
