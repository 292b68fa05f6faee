import { expect, test } from "vitest";
import { allowShownValues } from "../../src/cli/allow-shown-values.ts";
import { plainOptions } from "../../src/cli/main.ts";

function allowed(env: Record<string, string>, asked = true): { shown: boolean; said: string } {
  let said = "";
  const write = (text: string): boolean => {
    said += text;
    return true;
  };
  const process = { env, stderr: { write } } as unknown as NodeJS.Process;
  const options = allowShownValues({ ...plainOptions, shown: asked ? new Map() : null }, process);
  return { shown: options.shown !== null, said };
}

test("values are shown where somebody asks for it, with a word of warning", () => {
  expect(allowed({}, false)).toEqual({ shown: false, said: "" });
  expect(allowed({}).shown).toBe(true);
  expect(allowed({}).said).toMatch(/^gocache-why: --show-values: .*secrets.*\n$/);
  expect(allowed({ CI: "false" }).shown).toBe(true);
});

test("in CI the environment has to say so too", () => {
  expect(allowed({ CI: "true" }).shown).toBe(false);
  expect(allowed({ CI: "true" }).said).toMatch(/refused in CI.*GOCACHE_WHY_SHOW_VALUES=1/);
  expect(allowed({ CI: "1", GOCACHE_WHY_SHOW_VALUES: "1" }).shown).toBe(true);
  expect(allowed({ CI: "1", GOCACHE_WHY_SHOW_VALUES: "yes" }).shown).toBe(false);
});
