import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { causeCodes } from "../../src/causes/catalogue.ts";
import { codePages, codesLike } from "../../src/report/code-pages.ts";
import {
  renderCodeList,
  renderCodePages,
  renderCodePagesJson,
  renderCodePagesMarkdown,
} from "../../src/report/renderers/code-pages.ts";
import { closedValidator } from "./schema.ts";

const docs = join(import.meta.dirname, "../../docs");

describe("pages of causes", () => {
  test("docs/causes.md is what the catalogue says", () => {
    expect(readFileSync(join(docs, "causes.md"), "utf8")).toBe(renderCodePagesMarkdown(codePages(), true));
  });

  test("the JSON is as its schema says", () => {
    const validate = closedValidator("explain");
    validate(JSON.parse(renderCodePagesJson(codePages())));
    expect(validate.errors).toBe(null);
  });

  test("each code is in the list", () => {
    const list = renderCodeList(codePages());
    for (const code of causeCodes) expect(list).toMatch(new RegExp(`^  ${code} +\\S`, "m"));
  });

  test.each([40, 60, 80, 200])("text fits into %i columns; commands are whole, to be copied", (width) => {
    const { causes } = codePages();
    const commands = new Set(causes.flatMap(({ byHand }) => byHand.commands.map((each) => `    ${each}`)));
    const text = renderCodePages(codePages(), {
      width,
      colour: 0,
      verbosity: 0,
      all: false,
      now: new Date(0),
    });
    const lines = text.split("\n");
    for (const command of commands) expect(lines).toContain(command);
    for (const line of lines)
      if (!commands.has(line)) expect(line.length).toBeLessThanOrEqual(Math.min(width, 100));
  });

  test("documents that a page points to are there", () => {
    const named = codePages().causes.flatMap(({ more }) => (more === null ? [] : [more.file]));
    expect(named.length).toBeGreaterThan(0);
    for (const file of named) expect(readFileSync(join(docs, "..", file), "utf8")).not.toBe("");
    expect(codePages(["test-file-changed"]).causes[0]?.more?.file).toBe("docs/tests.md");
  });
});

describe("a code that there is not", () => {
  test.each([
    ["env-chagned", "env-changed"],
    ["Env_Changed", "env-changed"],
    ["file-edit", "file-edited"],
    ["toolchain", "toolchain-changed"],
    ["pgo", "pgo-profile-changed"],
    ["cache-trim", "cache-trimmed"],
  ])("%s may mean %s", (word, code) => {
    expect(codesLike(word)[0]).toBe(code);
  });

  test("nothing is suggested for a word that is like none", () => {
    expect(codesLike("kubernetes")).toEqual([]);
    expect(codesLike("")).toEqual([]);
  });
});
