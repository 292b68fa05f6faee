import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createExchangeNotes, type Note, parseNotes } from "../../src/go/cache-trace/note-exchanges.ts";
import {
  createReplyReader,
  createRequestReader,
  mostMessageBytes,
} from "../../src/go/cache-trace/read-messages.ts";
import { assignExchanges } from "../../src/model/assign-exchanges.ts";
import type { CacheExchange } from "../../src/model/cache-trace.ts";
import { type Digest, shortId, subkeyOf } from "../../src/model/ids.ts";
import type { RunAction } from "../../src/model/run.ts";

/** What a reader finds in these bytes, cut at these places. */
function found(
  create: typeof createRequestReader,
  bytes: Buffer,
  cuts: readonly number[],
): readonly (string | null)[] {
  const texts: (string | null)[] = [];
  const push = create((text) => texts.push(text));
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [at, from] of places.entries()) {
    // The reader must not keep what is not its own.
    const chunk = Buffer.from(bytes.subarray(from, places[at + 1] ?? from));
    push(chunk);
    chunk.fill(0);
  }
  return texts;
}

const request = fc.record({
  ID: fc.nat(),
  Command: fc.constantFrom("get", "put", "close"),
  ActionID: fc.base64String(),
  BodySize: fc.nat(),
});
const cuts = fc.array(fc.nat(), { maxLength: 8 });

describe("requests", () => {
  test("are found between bodies of any length, wherever the bytes are cut", () => {
    const exchange = fc.tuple(request, fc.option(fc.base64String({ maxLength: 200 })));
    fc.assert(
      fc.property(fc.array(exchange), cuts, (exchanges, at) => {
        // As cache/prog.go writeToChild writes them, Go 1.24–1.27.
        const texts = exchanges.map(([each, body]) => [JSON.stringify(each), body] as const);
        const bytes = texts
          .map(([text, body]) => `${text}\n\n${body === null ? "" : `"${body}"\n`}`)
          .join("");
        expect(found(createRequestReader, Buffer.from(bytes), at)).toEqual(texts.map(([text]) => text));
      }),
    );
  });

  test("a body is not kept", () => {
    const body = Buffer.alloc(1 << 20, "A");
    const texts: (string | null)[] = [];
    const push = createRequestReader((text) => texts.push(text));
    push(Buffer.from('{"ID":1}\n\n"'));
    const before = process.memoryUsage().arrayBuffers;
    for (let at = 0; at < 64; at++) push(body);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
    push(Buffer.from('"\n{"ID":2}\n'));
    expect(texts).toEqual(['{"ID":1}', '{"ID":2}']);
  });

  test("one that is too long is told as none, and the next is found", () => {
    const long = `{"ID":1,"ActionID":"${"A".repeat(mostMessageBytes)}"}`;
    expect(found(createRequestReader, Buffer.from(`${long}\n{"ID":2}\n`), [7, 70_000])).toEqual([
      null,
      '{"ID":2}',
    ]);
  });
});

describe("replies", () => {
  const reply = fc.record({ ID: fc.nat(), Err: fc.string(), DiskPath: fc.string(), More: fc.json() });
  const space = fc.constantFrom("", "\n", " ", "\r\n", "\t");

  test("are found in any layout, wherever the bytes are cut", () => {
    const written = fc.tuple(reply, fc.constantFrom(0, 2), space);
    fc.assert(
      fc.property(fc.array(written), cuts, (replies, at) => {
        const texts = replies.map(([each, indent]) => JSON.stringify(each, null, indent));
        const bytes = texts.map((text, place) => text + (replies[place]?.[2] ?? "")).join("");
        expect(found(createReplyReader, Buffer.from(bytes), at)).toEqual(texts);
      }),
    );
  });

  test("what is no object is told once", () => {
    expect(found(createReplyReader, Buffer.from('{"ID":1}\nthis is none\n{"ID":2}\n[3]'), [12])).toEqual([
      '{"ID":1}',
      null,
      '{"ID":2}',
    ]);
  });
});

const sum = (text: string): Digest => createHash("sha256").update(text).digest("hex") as Digest;
const base64 = (digest: Digest): string => Buffer.from(digest, "hex").toString("base64");

/** What is noted of these lines, `>` for go's and `<` for the program's, a second apart. */
function noted(lines: readonly string[], status: number | string | null = 0, goIsGone = false): Note[] {
  const all: Note[] = [];
  let now = 0;
  const sizes: Record<string, number> = { "/held/a": 5 };
  const notes = createExchangeNotes(
    (note) => all.push(note),
    () => now,
    (path) => sizes[path] ?? null,
  );
  for (const line of lines) {
    now += 1000;
    if (line.startsWith(">")) notes.request(line.slice(1));
    else notes.reply(line.slice(1));
  }
  notes.finish(status, goIsGone);
  return all;
}

describe("notes", () => {
  const hello = '<{"ID":0,"KnownCommands":["get","put","close"]}';
  const get = (id: number, of: string) => `>{"ID":${id},"Command":"get","ActionID":"${base64(sum(of))}"}`;

  test("pair answers out of order with their requests", () => {
    const output = base64(sum("output"));
    const all = noted([
      hello,
      get(1, "a"),
      get(2, "b"),
      '<{"ID":2,"Miss":true}',
      `<{"id":1,"outputid":"${output}","size":5,"diskpath":"/held/a","time":"1970-01-01T00:00:09Z"}`,
      '>{"ID":3,"Command":"close"}',
      '<{"ID":3}',
    ]);
    expect(all).toEqual([
      { commands: ["get", "put", "close"] },
      { command: "get", actionId: sum("b"), result: "miss", bytes: 0, startMs: 3000, seconds: 1 },
      {
        command: "get",
        actionId: sum("a"),
        result: "hit",
        outputId: sum("output"),
        path: "/held/a",
        putAtMs: 9000,
        bytes: 5,
        startMs: 2000,
        seconds: 3,
      },
      { end: "closed", status: 0 },
    ]);
  });

  test.each([
    ["no path", '"Size":5', "no-path"],
    ["no file", '"Size":5,"DiskPath":"/held/b"', "no-file"],
    ["another size", '"Size":6,"DiskPath":"/held/a"', "other-size"],
  ])("a hit that go can't use: %s", (_what, fields, flaw) => {
    const [, exchange] = noted([hello, get(1, "a"), `<{"ID":1,${fields}}`]);
    expect(exchange).toMatchObject({ result: "hit", flaw });
  });

  test("an error, and what was never answered", () => {
    const all = noted([hello, get(1, "a"), '<{"ID":1,"Err":"away"}', get(2, "b")], 2);
    expect(all.slice(1)).toMatchObject([
      { result: "error", error: "away" },
      { result: "none", seconds: null },
      { end: "program-ended", status: 2 },
    ]);
  });

  test.each([
    ["what is no JSON", ["<no"], false, "no-answer"],
    ["an answer to nothing", ['<{"ID":9}'], false, "no-answer"],
    ["the end of go", [], true, "go-ended"],
  ])("how it ended: %s", (_what, lines, goIsGone, end) => {
    expect(noted([hello, ...lines], null, goIsGone).at(-1)).toEqual({ end, status: null });
  });

  test("a file that was cut tells what it has", () => {
    const text = noted([hello, get(1, "a"), '<{"ID":1,"Miss":true}', get(2, "b"), '<{"ID":2,"Miss":true}'])
      .map((note) => JSON.stringify(note))
      .join("\n");
    const cut = parseNotes(text.slice(0, text.lastIndexOf('{"command"') + 30));
    expect(cut).toMatchObject({ end: "unknown", status: null, commands: ["get", "put", "close"] });
    expect(cut.exchanges.map(({ actionId }) => actionId)).toEqual([sum("a")]);
    expect(parseNotes("")).toEqual({ commands: null, exchanges: [], end: "unknown", status: null });
  });
});

test("exchanges are put to the actions that they are of, with what is stored beside outputs", () => {
  const key = sum("key");
  const exchange = (more: Partial<CacheExchange>): CacheExchange => ({
    command: "get",
    actionId: key,
    result: "miss",
    bytes: 0,
    startMs: 0,
    seconds: 1,
    ...more,
  });
  const action = { key: "build a", id: shortId(key) } as RunAction;
  const trace = assignExchanges(
    {
      commands: ["get", "put"],
      end: "closed",
      status: 0,
      exchanges: [
        exchange({}),
        exchange({ startMs: 500 }),
        exchange({ actionId: subkeyOf(key, "stdout"), startMs: 5000 }),
        exchange({ actionId: sum("a module index"), result: "hit", bytes: 7, startMs: 5000 }),
        exchange({ command: "put", result: "done", bytes: 10, startMs: 7000 }),
        exchange({ command: "put", result: "error", error: "full", actionId: subkeyOf(key, "srcfiles") }),
      ],
    },
    [action],
  );
  expect(trace.lookups).toEqual([
    { key: "build a", got: "miss", gotBytes: 0, gotSeconds: 3, put: "done", putBytes: 10, putSeconds: 2 },
  ]);
  expect(trace.gets).toMatchObject({ requests: 4, hits: 1, misses: 3, bytes: 7 });
  expect(trace.puts).toMatchObject({ requests: 2, errors: 1, bytes: 10 });
  expect(trace.waitSeconds).toBe(1.5 + 1 + 1);
  expect(trace.errors).toEqual([{ text: "full", count: 1 }]);
});
