import { describe, expect, test } from "vitest";
import { plainOptions } from "../../src/cli/main.ts";
import { colourLevel, viewFor } from "../../src/cli/view.ts";

const pipe = { isTTY: false } as NodeJS.WriteStream;
const terminal = (columns = 80) => ({ isTTY: true, columns }) as NodeJS.WriteStream;
const file = null;

describe("colours", () => {
  test.each<[string, NodeJS.WriteStream | null, boolean | null, NodeJS.ProcessEnv, number]>([
    ["a terminal", terminal(), null, { TERM: "xterm" }, 1],
    ["a terminal with 256", terminal(), null, { TERM: "xterm-256color" }, 2],
    ["a terminal with all", terminal(), null, { TERM: "xterm-256color", COLORTERM: "truecolor" }, 3],
    ["a dumb terminal", terminal(), null, { TERM: "dumb" }, 0],
    ["a pipe", pipe, null, { TERM: "xterm" }, 0],
    ["a file", file, null, {}, 0],
    // Each stands above those behind it.
    ["--no-color", terminal(), false, { FORCE_COLOR: "3", CLICOLOR_FORCE: "1" }, 0],
    ["--color in a pipe", pipe, true, { NO_COLOR: "1" }, 1],
    ["--color in a file", file, true, { FORCE_COLOR: "0" }, 1],
    ["NO_COLOR", terminal(), null, { NO_COLOR: "1", FORCE_COLOR: "1", CLICOLOR_FORCE: "1" }, 0],
    ["NO_COLOR, whatever it says", terminal(), null, { NO_COLOR: "0" }, 0],
    ["an empty NO_COLOR", terminal(), null, { NO_COLOR: "", TERM: "xterm" }, 1],
    ["FORCE_COLOR=0", terminal(), null, { FORCE_COLOR: "0", CLICOLOR_FORCE: "1" }, 0],
    ["FORCE_COLOR=false", terminal(), null, { FORCE_COLOR: "false" }, 0],
    ["FORCE_COLOR=1", pipe, null, { FORCE_COLOR: "1", TERM: "xterm-256color" }, 1],
    ["FORCE_COLOR=2", pipe, null, { FORCE_COLOR: "2", TERM: "dumb" }, 2],
    ["FORCE_COLOR=3", pipe, null, { FORCE_COLOR: "3", CLICOLOR: "0" }, 3],
    ["FORCE_COLOR=true", pipe, null, { FORCE_COLOR: "true", TERM: "xterm-256color" }, 2],
    ["an empty FORCE_COLOR", pipe, null, { FORCE_COLOR: "" }, 0],
    ["FORCE_COLOR, but a file", file, null, { FORCE_COLOR: "3" }, 0],
    ["CLICOLOR_FORCE", pipe, null, { CLICOLOR_FORCE: "1", CLICOLOR: "0" }, 1],
    ["CLICOLOR_FORCE=0", pipe, null, { CLICOLOR_FORCE: "0" }, 0],
    ["an empty CLICOLOR_FORCE", pipe, null, { CLICOLOR_FORCE: "" }, 0],
    ["CLICOLOR_FORCE, but a file", file, null, { CLICOLOR_FORCE: "1" }, 0],
    ["CLICOLOR=0", terminal(), null, { CLICOLOR: "0", TERM: "xterm" }, 0],
    ["CLICOLOR=1", terminal(), null, { CLICOLOR: "1", TERM: "xterm" }, 1],
    ["CLICOLOR=1 in a pipe", pipe, null, { CLICOLOR: "1" }, 0],
  ])("%s", (_, stream, asked, env, level) => {
    expect(colourLevel(stream, asked, env)).toBe(level);
  });
});

test.each<[string, NodeJS.WriteStream | null, NodeJS.ProcessEnv, number]>([
  ["a terminal's columns", terminal(72), { COLUMNS: "100" }, 72],
  ["a narrow terminal's", terminal(20), {}, 40],
  ["a wide terminal's", terminal(200), {}, 120],
  ["COLUMNS in a pipe", pipe, { COLUMNS: "100" }, 100],
  ["a word in COLUMNS", pipe, { COLUMNS: "wide" }, 80],
  ["a file", file, {}, 80],
  ["a terminal that has none", terminal(0), {}, 80],
])("the width: %s", (_, stream, env, width) => {
  expect(viewFor(stream, plainOptions, env).width).toBe(width);
});
