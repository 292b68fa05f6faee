import { digestOf, shortId } from "../../src/model/ids.ts";
import type { Run, RunWithBlocks } from "../../src/model/run.ts";
import type { TestFacts, TestInput, TestInputs } from "../../src/model/test-inputs.ts";
import { actionOf, type MadeAction, runOf } from "../compare/made-runs.ts";

/** What a made test read: `env NAME` → its value (null where unset), else `open PATH`, `stat PATH`, `chdir PATH` → its state. */
export type Read = Readonly<Record<string, string | null>>;

/** The inputs of a test result, with a key that differs when they do. */
export function testInputs(read: Read, more: Partial<TestInputs> = {}): TestInputs {
  const inputs = Object.entries(read).map(([name, value]): TestInput => {
    const [kind = "", ...rest] = name.split(" ");
    const written = kind !== "env" ? (value ?? "") : value === null ? "unset" : JSON.stringify(value);
    return { kind: kind as TestInput["kind"], name: rest.join(" "), value: written };
  });
  return {
    digest: digestOf(JSON.stringify([inputs, more])),
    salt: "go1.26.8",
    binary: "binary",
    args: ["-test.timeout=10m0s"],
    inputs,
    order: null,
    omitted: 0,
    ...more,
  };
}

export function testFacts(kept: TestInputs | null, more: Partial<TestFacts> = {}): TestFacts {
  return {
    notCacheable: [],
    tooNew: [],
    expired: false,
    asked: null,
    paid: [],
    kept,
    unseen: [],
    proven: null,
    ...more,
  };
}

/** The test of a package of `example.com/m`, in `/m`. */
export function testOf(
  name: string,
  test: TestFacts | undefined,
  more: Partial<MadeAction> = {},
): MadeAction {
  const { digest: _digest, id: _id, ...made } = actionOf(`test example.com/m/${name}`, [name]);
  const digest = (test?.asked ?? test?.kept)?.digest ?? null;
  return {
    ...made,
    digest,
    id: digest === null ? null : shortId(digest),
    ...(test === undefined ? {} : { test }),
    ...more,
  };
}

export function testRun(id: string, actions: readonly MadeAction[], more: Partial<Run> = {}): RunWithBlocks {
  return runOf(actions, { id, verb: "test", command: ["go", "test", "./..."], ...more });
}

/** The state of a file as Go's key has it. */
export function stateOf(
  options: { size?: number; mode?: number; time?: string; zone?: string; folder?: boolean } = {},
): string {
  const {
    size = 12,
    mode = 0o644,
    time = "2026-11-21 07:45:11.859",
    zone = "+0000 UTC",
    folder = false,
  } = options;
  const bits = folder ? 0x80000000 + 0o755 : mode;
  return `stat ${size} ${bits.toString(16)} ${time} ${zone} ${folder}`;
}
