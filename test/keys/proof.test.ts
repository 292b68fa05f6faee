import { describe, expect, expectTypeOf, it } from "vitest";
import { createProver, type ProofGround } from "../../src/keys/prove-key.ts";
import { keyRules } from "../../src/keys/rules.ts";
import { explainFixture, fixtureNames, gorootOf, readFixture } from "../scenarios/fixture.ts";
import { groundOfFixture, proofCases, proverOfFixture } from "./proof-cases.ts";

const versions = [...new Set(fixtureNames().map((name) => name.slice(2, name.indexOf("/"))))];
const fixtures = new Map<string, ReturnType<typeof readFixture>>();

function fixtureOf(name: string): ReturnType<typeof readFixture> {
  const known = fixtures.get(name) ?? readFixture(name);
  fixtures.set(name, known);
  return known;
}

/** Roots that share one cause, all that need no source of the standard library where it is not on this machine. */
describe.each(proofCases)("the rule $rule", ({ rule, fixture: name, root, falsify, needsGoroot }) => {
  const fixture = fixtureOf(`go1.26.8/${name}`);
  const runs = needsGoroot !== true || (gorootOf("1.26.8") !== null && gorootOf("1.24.11") !== null);

  it.runIf(runs)(`regenerates the earlier key of ${root}`, () => {
    expect(proverOfFixture(fixture, (run) => run)(root)).toBe(true);
  });

  it("does not from another earlier value", () => {
    expect(proverOfFixture(fixture, falsify)(root)).toBe(false);
  });

  it("is missed where it is taken away", () => {
    const others = keyRules.filter((each) => each.name !== rule);
    expect(others).toHaveLength(keyRules.length - 1);
    expect(proverOfFixture(fixture, (run) => run, others)(root)).toBe(false);
  });
});

it("has a case for each rule", () => {
  expect(proofCases.map((each) => each.rule).sort()).toEqual(keyRules.map((rule) => rule.name).sort());
});

describe("what the prover is given", () => {
  it("has no place for the earlier blocks", () => {
    expectTypeOf<ProofGround>().not.toHaveProperty("blocks");
    expectTypeOf<ProofGround["before"]>().not.toHaveProperty("blocks");
    expectTypeOf<Parameters<ProofGround["inputsNow"]>>().toEqualTypeOf<[string]>();
  });

  it.each(proofCases)("holds no earlier line of $fixture, $root", ({ fixture: name, root }) => {
    const fixture = fixtureOf(`go1.26.8/${name}`);
    const ground = groundOfFixture(fixture);
    const given = JSON.stringify([ground.before, ground.inputsNow(root)]);
    const inputs = explainFixture(fixture)?.comparison?.inputs(root);
    const lost = (inputs?.beforeOrder ?? []).filter(
      (segment) =>
        segment.text.endsWith("\n") &&
        /\w/.test(segment.text) &&
        inputs?.now.get(segment.input)?.text !== segment.text,
    );
    for (const { text } of lost) expect(given).not.toContain(JSON.stringify(text).slice(1, -1));
  });

  it("is not asked for the inputs of the earlier run", () => {
    const fixture = fixtureOf("go1.26.8/file-edited");
    const ground = groundOfFixture(fixture);
    const asked: string[] = [];
    const prove = proverOfFixture(fixture, (run) => {
      return new Proxy(run, {
        get(target, name, receiver) {
          asked.push(String(name));
          return Reflect.get(target, name, receiver);
        },
      });
    });
    expect(prove("build example.com/m/internal/errors")).toBe(true);
    expect(asked).not.toContain("blocks");
    expect(Object.keys(ground.before)).not.toContain("blocks");
  });
});

describe("several causes of one action", () => {
  const ground = groundOfFixture(fixtureOf("go1.26.8/file-edited"));
  const root = "build example.com/m/internal/errors";
  const edit = { code: "file-edited", subject: "internal/errors/errors.go" };
  const idle = { code: "env-changed", subject: "CGO_CFLAGS" };

  it("tells the one without which the key does not come out", () => {
    const prover = createProver({ ...ground, causesOf: () => [edit, idle] });
    expect(prover.prove(root).gap).toBeNull();
    expect(prover.isNeeded(root, edit)).toBe(true);
    expect(prover.isNeeded(root, idle)).toBe(false);
  });

  it("gives no key where a cause is lacking", () => {
    expect(createProver({ ...ground, causesOf: () => [idle] }).prove(root).gap).not.toBeNull();
  });
});

/** Of the roots of builds, links and vets, of which some have a hidden value: the least part that is proven. */
const floor = 0.95;

/** Scenarios with roots that no rule regenerates, each with the reason: their causes are observed, or proven in part. */
const inPart: Readonly<Record<string, string>> = {
  "go1.26.8/compiler-not-there": "what go says of a compiler that is not there is no fact that is looked up",
  "go1.26.8/godebug-comment": "the rule of edited files does not write the default GODEBUG anew",
  "go1.26.8/gowork-left": "the rule of module places does not know the modules of a workspace that was left",
  "go1.26.8/module-edited-in-cache": "no digest of a file in the module cache is noted before a run",
  "go1.26.8/test-output": "no rule tells a test binary with debug information from one without",
  "go1.26.8/test-toolchain": "another Go's vet gives other facts, and its test main is another file",
};

describe.each(versions)("on the scenarios of go%s", (version) => {
  it.runIf(gorootOf(version) !== null && gorootOf("1.24.11") !== null)("keys are proven", () => {
    const gaps: string[] = [];
    let roots = 0;
    let hidden = 0;
    let left = 0;
    for (const name of fixtureNames()) {
      if (!name.startsWith(`go${version}/`)) continue;
      const explanation = explainFixture(fixtureOf(name));
      for (const { action, verdict, own } of explanation?.actions ?? []) {
        if (verdict !== "key-changed" || own.length === 0) continue;
        roots++;
        const gap = explanation?.proofs.get(action.key)?.gap;
        if (gap === null) continue;
        if (explanation?.comparison?.inputs(action.key)?.hidden === true) hidden++;
        else if (inPart[name] !== undefined) left++;
        else gaps.push(`${name} ${action.key}: ${gap}`);
      }
    }
    const proven = roots - hidden - left - gaps.length;
    console.log(`go${version}: the earlier keys of ${proven} of ${roots} roots were regenerated`);
    expect(gaps).toEqual([]);
    expect(proven / roots).toBeGreaterThanOrEqual(floor);
  });
});
