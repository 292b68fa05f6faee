import { describe, expect, test } from "vitest";
import { readFaultCases } from "./fault-cases.ts";
import { examine } from "./tree.ts";

const placeholder = /(?<![${])\{\w+\}(?!\})/;

describe.each(readFaultCases())("$id: $name", ({ finds, says, fault, fixed }) => {
  const found = examine(fault);

  test("is found at its line, and nothing else", () => {
    expect(found.map(({ code, file, line }) => `${code} ${file}:${line}`)).toEqual(finds);
    for (const { message, evidence, fix, caution } of found) {
      for (const text of [message, evidence, fix, caution ?? ""]) expect(text).not.toMatch(placeholder);
    }
  });

  test("is gone when what the fix says is done", () => {
    const code = finds[0]?.split(" ")[0];
    const fix = found.find((finding) => finding.code === code)?.fix ?? "";
    for (const part of says) expect(fix).toContain(part);
    expect(fixed).not.toEqual(fault);
    expect(examine(fixed)).toEqual([]);
  });
});
