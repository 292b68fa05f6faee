import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf, subkeyOf } from "../../src/log/ids.ts";
import type { LogEvent } from "../../src/log/log-event.ts";
import { createLogParser } from "../../src/log/parse-log.ts";
import { quote } from "../../src/util/go-quote.ts";
import { byteString, recordedLogs } from "./arbitraries.ts";

function parse(log: string | Uint8Array, cuts: readonly number[] = []): LogEvent[] {
  const bytes = typeof log === "string" ? Buffer.from(log, "latin1") : log;
  const events: LogEvent[] = [];
  const parser = createLogParser((event) => events.push(event));
  let from = 0;
  for (const at of [...cuts, bytes.length]) {
    // Each chunk is wiped when it was taken: what was kept of it has to be a copy.
    const chunk = Uint8Array.from(bytes.subarray(from, at));
    parser.push(chunk);
    chunk.fill(0x58);
    from = at;
  }
  parser.end();
  return events;
}

const sum = digestOf("x");

describe("cuts", () => {
  it.each(recordedLogs())("$name gives the same events however it is cut", ({ log }) => {
    const whole = parse(log);
    expect(whole.length).toBeGreaterThan(100);
    const cuts = fc.array(fc.integer({ min: 0, max: log.length }), { maxLength: 400 });
    fc.assert(
      fc.property(cuts, (at) => {
        // Events of thousands of lines: one comparison of text is quick where a deep one is not.
        const sorted = at.sort((a, b) => a - b);
        expect(JSON.stringify(parse(log, sorted)) === JSON.stringify(whole)).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it("every cut of a short log gives the same events", () => {
    const log = [
      "HASH[build a]",
      'HASH[build a]: "go1.26.8"',
      "HASH[moduleIndex]",
      'HASH[moduleIndex]: "go1.26.8"',
      'HASH[build a]: "dir /tmp/\\xff\\n"\r',
      `HASH[moduleIndex]: ${sum}`,
      `HASH[build a]: ${sum}`,
      `HASH subkey ${sum} "stdout" = ${sum}`,
      `HASH /a b: c: ${sum}`,
      "# example.com/m",
      "",
      "last without an end",
    ].join("\n");
    const whole = parse(log);
    expect(whole.map((event) => event.type)).toEqual([
      "begin",
      "write",
      "write",
      "sum",
      "subkey",
      "file",
      "foreign",
      "foreign",
      "foreign",
    ]);
    for (let one = 0; one <= log.length; one++) {
      for (let two = one; two <= log.length; two += 7) expect(parse(log, [one, two])).toEqual(whole);
    }
    expect(
      parse(
        log,
        Array.from({ length: log.length }, (_, at) => at),
      ),
    ).toEqual(whole);
  });

  it("passes moduleIndex over wherever a chunk cuts it", () => {
    const line = 'HASH[moduleIndex]: "modroot /a\\n"';
    const log = `HASH[moduleIndex]\n${line}\r\nHASH[moduleIndex]: ${sum}\nHASH[build a]\n`;
    for (let at = 0; at <= log.length; at++) {
      expect(parse(log, [at])).toEqual([{ type: "begin", name: "build a" }]);
    }
  });
});

describe("lines", () => {
  it("a written line holds exactly the bytes that were written", () => {
    const name = byteString(10)
      .map((text) => `build ${text.replace(/[\n\r"]/g, "")}`)
      // Where a name itself has `]: "` it can't be told where it ends.
      .filter((text) => !/\]: "|HASH\[/.test(text));
    fc.assert(
      fc.property(name, byteString(), fc.boolean(), (text, bytes, carriage) => {
        const end = carriage ? "\r\n" : "\n";
        const log = `HASH[${text}]${end}HASH[${text}]: ${quote(bytes)}${end}HASH[${text}]: ${sum}${end}`;
        expect(parse(log)).toEqual([
          { type: "begin", name: text },
          { type: "write", name: text, bytes },
          { type: "sum", name: text, digest: sum },
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it.each(["build a[b]", "build a]: b", "preprocess PGO profile /a]/b c.pgo", 'build a"b', "build caf\xe9"])(
    "%s is a name",
    (name) => {
      const log = `HASH[${name}]\nHASH[${name}]: "go1.26.8"\nHASH[${name}]: ${sum}\n`;
      expect(parse(log).map((event) => ("name" in event ? event.name : event.type))).toEqual([
        name,
        name,
        name,
      ]);
    },
  );

  it("subkeys keep parent, description and digest", () => {
    const parent = digestOf("parent");
    const key = subkeyOf(parent, 'cgo "x"');
    expect(parse(`HASH subkey ${parent} "cgo \\"x\\"" = ${key}\n`)).toEqual([
      { type: "subkey", parent, description: 'cgo "x"', digest: key },
    ]);
  });

  it("files keep their raw path; a missing one keeps its error", () => {
    expect(parse(`HASH /a: b/\xff c.go: ${sum}\n`)).toEqual([
      { type: "file", path: "/a: b/\xff c.go", digest: sum, error: null },
    ]);
    expect(parse("HASH /a/b.go: open /a/b.go: no such file or directory\n")).toEqual([
      { type: "file", path: "/a/b.go", digest: null, error: "open /a/b.go: no such file or directory" },
    ]);
  });

  it("foreign lines pass as they are, invalid UTF-8 and NUL too", () => {
    const lines = [
      "# example.com/m",
      "HASH is a function",
      "HASH",
      "a\0b\xff",
      " HASH /a",
      "hash[x]",
      "\x1b[1m",
    ];
    expect(parse(`${lines.join("\n")}\n`)).toEqual(lines.map((text) => ({ type: "foreign", text })));
  });

  it("reads a line of 10 MB in small chunks in linear time", () => {
    const bytes = "a\xff".repeat(5_000_000);
    const log = `HASH[build a]: "${bytes}"\nHASH[build b]\n`;
    const cuts = Array.from({ length: Math.floor(log.length / 4096) }, (_, at) => (at + 1) * 4096);
    const started = performance.now();
    const events = parse(log, cuts);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(events).toHaveLength(2);
    const [event] = events;
    expect(event?.type === "write" && event.bytes === bytes).toBe(true);
  });
});

describe("damage", () => {
  it.each([
    ["a line torn into another", 'HASH[build a]: "go1.2HASH[build b]: "go1.26.8"'],
    ["two lines in one", 'HASH[build a]: "compile\\n"HASH[build b]: "link\\n"'],
    ["a cut text", 'HASH[build a]: "compile'],
    ["a cut escape", 'HASH[build a]: "compile\\"'],
    ["a malformed escape", 'HASH[build a]: "com\\qpile\\n"'],
    ["a cut sum", `HASH[build a]: ${sum.slice(0, 40)}`],
    ["a long sum", `HASH[build a]: ${sum}0`],
    ["upper case", `HASH[build a]: ${sum.toUpperCase()}`],
    ["a begin torn into a begin", "HASH[build HASH[build b]"],
    ["a line after another's name", 'HASH[build a]: HASH[build b]: "go1.26.8"'],
    ["a sum after another's name", `HASH[build HASH[build b]: ${sum}`],
    ["a file line torn into a sum", `HASH /a/b.goHASH[build b]: ${sum}`],
    ["other output before it", 'okHASH[build a]: "compile\\n"'],
    ["a sum that ends a text", `HASH[build a]: "comp]: ${sum}`],
    ["a begin that ends a text", 'HASH[build a]: "compHASH[build b]'],
    ["a subkey without a parent", `HASH subkey abc "stdout" = ${sum}`],
    ["an open bracket", "HASH[build a"],
    ["nothing", "HASH["],
  ])("%s is a damaged line", (_what, line) => {
    expect(parse(`${line}\n`)).toEqual([{ type: "damaged", text: line }]);
  });

  it("two write lines torn at random never pass as one line", () => {
    fc.assert(
      fc.property(byteString(), byteString(), fc.nat(), (one, two, at) => {
        const first = `HASH[build a]: ${quote(one)}`;
        const cut = 14 + (at % (first.length - 14));
        const torn = `${first.slice(0, cut)}HASH[build b]: ${quote(two)}`;
        expect(parse(torn).map((event) => event.type)).toEqual(["damaged"]);
      }),
      { numRuns: 500 },
    );
  });

  it("cutting a log anywhere loses the last line at most", () => {
    const log = recordedLogs()[0]?.log ?? Buffer.alloc(0);
    const whole = parse(log);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: log.length }), (at) => {
        const events = parse(log.subarray(0, at));
        const firm = events.slice(0, -1);
        expect(JSON.stringify(firm) === JSON.stringify(whole.slice(0, firm.length))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});
