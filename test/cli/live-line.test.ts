import { EventEmitter } from "node:events";
import stringWidth from "string-width";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  clockText,
  type LiveLine,
  type LiveText,
  startLiveLine,
  withLiveLine,
} from "../../src/cli/live-line.ts";

interface Shown {
  readonly line: LiveLine | null;
  /** All that was written to the terminal. */
  readonly written: string[];
  readonly process: EventEmitter & { killed: [number, string][] };
}

const erase = "\r\x1b[K";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A live line on a terminal of its own. */
function start(
  text: (seconds: number) => LiveText,
  { isTTY = true, columns = 80, env = {}, quiet = false } = {},
): Shown {
  const written: string[] = [];
  const killed: [number, string][] = [];
  const process = Object.assign(new EventEmitter(), {
    pid: 4711,
    env,
    killed,
    kill: (pid: number, signal: string) => killed.push([pid, signal]),
    stderr: { isTTY, columns, write: (chunk: string | Uint8Array) => written.push(String(chunk)) > 0 },
  });
  const line = startLiveLine({ process: process as unknown as NodeJS.Process, quiet, after: 2000, text });
  return { line, written, process };
}

const counting = (seconds: number): LiveText => ({ head: "asking", tail: `, ${clockText(seconds)}` });

describe("a live line", () => {
  test("comes after a while, goes on, and is gone at the end", () => {
    const { line, written, process } = start(counting);
    vi.advanceTimersByTime(1999);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(written).toEqual(["\rgocache-why: asking, 0:02\x1b[K"]);
    vi.advanceTimersByTime(3000);
    expect(written.at(-1)).toBe("\rgocache-why: asking, 0:05\x1b[K");
    line?.end();
    expect(written.at(-1)).toBe(erase);
    const count = written.length;
    vi.advanceTimersByTime(60_000);
    expect(written).toHaveLength(count);
    expect(process.eventNames()).toEqual([]);
  });

  test("is drawn five times a second at the most, and only where it says something else", () => {
    let turn = 0;
    const busy = start(() => ({ head: String(turn++) }));
    vi.advanceTimersByTime(12_000);
    expect(busy.written.length).toBeGreaterThan(40);
    expect(busy.written.length).toBeLessThanOrEqual(51);
    const idle = start(() => ({ head: "the same" }));
    vi.advanceTimersByTime(12_000);
    expect(idle.written).toHaveLength(1);
  });

  test("nothing was drawn: nothing is erased", () => {
    const { line, written } = start(counting);
    line?.write(Buffer.from("go: a word\n"));
    line?.end();
    expect(written).toEqual(["go: a word\n"]);
  });

  test("makes room for others, and waits for the end of their line", () => {
    const { line, written } = start(counting);
    vi.advanceTimersByTime(2000);
    line?.write(Buffer.from("half a "));
    expect(written.slice(1)).toEqual([erase, "half a "]);
    vi.advanceTimersByTime(5000);
    expect(written).toHaveLength(3);
    line?.write(Buffer.from("line\n"));
    vi.advanceTimersByTime(200);
    expect(written.slice(3)).toEqual(["line\n", "\rgocache-why: asking, 0:07\x1b[K"]);
  });

  test.each([
    ["is no terminal", { isTTY: false }],
    ["is a dumb terminal", { env: { TERM: "dumb" } }],
    ["is kept by a CI system", { env: { CI: "true" } }],
    ["is kept by a CI system that says so with a number", { env: { CI: "1" } }],
    ["has to be quiet", { quiet: true }],
  ])("is not there where stderr %s", (_, options) => {
    const { line, written } = start(counting, options);
    vi.advanceTimersByTime(60_000);
    expect([line, written]).toEqual([null, []]);
  });

  test.each([[""], ["false"], [undefined]])("CI=%j is no CI system", (CI) => {
    expect(start(counting, { env: { CI } }).line).not.toBeNull();
  });

  test.each([20, 40, 60, 80])("never reaches the last of %i columns", (columns) => {
    for (const name of [
      "net/http",
      "example.com/日本語の長い名前/ファイル".repeat(3),
      "e\u0301".repeat(90),
      "👩‍👩‍👧".repeat(50),
    ]) {
      const { written } = start(() => ({ head: "214 actions run, ", name, tail: ", 0:42" }), { columns });
      vi.advanceTimersByTime(2000);
      const shown = (written[0] ?? "").replace("\r", "").replace("\x1b[K", "");
      expect(stringWidth(shown)).toBeLessThan(columns);
      if (columns >= 60) expect(shown).toMatch(/, 0:42$/);
    }
  });

  test("a name can't steer the terminal", () => {
    const { written } = start(() => ({ head: "reading ", name: "a\x1b[2J\nb.log" }));
    vi.advanceTimersByTime(2000);
    expect(written).toEqual(["\rgocache-why: reading a\\x1b[2J\\nb.log\x1b[K"]);
  });
});

describe("a signal", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"])(
    "%s takes the line away, and does what it would have done",
    (signal) => {
      const { written, process } = start(counting);
      vi.advanceTimersByTime(2000);
      process.emit(signal, signal);
      expect(written.at(-1)).toBe(erase);
      expect(process.killed).toEqual([[4711, signal]]);
    },
  );

  test("is left to whoever else waits for it", () => {
    const { written, process } = start(counting);
    process.on("SIGINT", () => {});
    vi.advanceTimersByTime(2000);
    process.emit("SIGINT", "SIGINT");
    expect([written.at(-1), process.killed]).toEqual([erase, []]);
  });

  test("the end of the process takes the line away too", () => {
    const { written, process } = start(counting);
    vi.advanceTimersByTime(2000);
    process.emit("exit", 0);
    expect(written.at(-1)).toBe(erase);
  });
});

test("a work that fails leaves no line", async () => {
  const { written, process } = start(counting, { isTTY: false });
  Object.assign(process, {
    stderr: { isTTY: true, columns: 80, write: (text: string) => written.push(text) > 0 },
  });
  const options = { process: process as unknown as NodeJS.Process, quiet: false, after: 100, text: counting };
  const work = withLiveLine(options, async () => {
    await vi.advanceTimersByTimeAsync(300);
    throw new Error("it failed");
  });
  await expect(work).rejects.toThrow("it failed");
  expect(written[0]).toMatch(/^\rgocache-why: asking/);
  expect(written.at(-1)).toBe(erase);
});

test.each([
  [0.9, "0:00"],
  [42.2, "0:42"],
  [723, "12:03"],
  [3723, "1:02:03"],
])("%d seconds are %s", (seconds, text) => {
  expect(clockText(seconds)).toBe(text);
});
