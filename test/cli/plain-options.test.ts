import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { plainOptions } from "../../src/cli/main.ts";
import { addReportOptions, type RawReportOptions, readReportOptions } from "../../src/cli/options.ts";

function optionsOf(words: readonly string[]) {
  const command = addReportOptions(new Command()).parse([...words], { from: "user" });
  return readReportOptions(command.opts<RawReportOptions>());
}

describe("a wrapped run without options", () => {
  it("has the options that the parser gives where none is said", () => {
    expect(optionsOf([])).toEqual(plainOptions);
  });

  it("takes a colour as asked for, and only from its own words", () => {
    expect(optionsOf(["--color"]).color).toBe(true);
    expect(optionsOf(["--no-color"]).color).toBe(false);
  });
});
