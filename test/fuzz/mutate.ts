import { createHash } from "node:crypto";
import fc from "fast-check";
import { unquoteInner } from "../../src/util/go-quote.ts";

/** One change to a text of bytes; places are parts of its length, so that a change fits any text. */
export interface Edit {
  readonly kind: "cut" | "double" | "move" | "flip" | "insert" | "line-away" | "lines-swapped" | "end";
  /** 0–65535: where, and how far. */
  readonly at: number;
  readonly to: number;
  readonly word: string;
}

/** What means something to the readers, and is apt to be taken for something else in the wrong place. */
const words = [
  "HASH[",
  "HASH[build a]\n",
  "HASH[moduleIndex]\n",
  "HASH[getenv]\n",
  "HASH[gccCompilerID]\n",
  "HASH subkey ",
  "HASH /a.go: ",
  ']: "',
  "]: ",
  '"\n',
  '"',
  "\\",
  "\\x",
  "\\u12",
  "\n",
  "\r\n",
  "\r",
  "\0",
  "\xff",
  "\xef\xbb\xbf",
  "\x1b[0m",
  "\x1b[2K",
  "0".repeat(64),
  "WORK=/tmp/go-build1\n",
  '{"Output":"',
  '{"log":"HASH[build a]\\n","stream":"stderr"}\n',
  '"}\n',
  "2024-05-14T11:19:20.000000Z 00O+",
  "2024-05-14T11:19:20.000000Z 00O ",
  "2024-05-14T11:19:20.000000000Z stderr P ",
  "2024-05-14T11:19:20.000000000Z stderr F ",
  "<hidden:0123456789ab>",
  "gocache-why snapshot 1 1.2.3 00000000\n",
  " -buildid abcdefghijklmnopqrst/abcdefghijklmnopqrst ",
  "-1",
  "1e999",
  "null",
  "[]",
  "{}",
  "__proto__",
];

export const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("cut", "double", "move", "flip", "insert", "line-away", "lines-swapped", "end"),
  at: fc.nat({ max: 65535 }),
  to: fc.nat({ max: 65535 }),
  word: fc.constantFrom(...words),
});

export function applyEdits(text: string, edits: readonly Edit[]): string {
  return edits.reduce(applyEdit, text);
}

function applyEdit(text: string, { kind, at, to, word }: Edit): string {
  const from = Math.floor((at / 65536) * text.length);
  // Mostly near, since what is far apart is seldom mixed up.
  const end = Math.min(text.length, from + 1 + Math.floor((to / 65536) ** 3 * text.length));
  switch (kind) {
    case "cut":
      return text.slice(0, from) + text.slice(end);
    case "double":
      return text.slice(0, end) + text.slice(from);
    case "move": {
      const rest = text.slice(0, from) + text.slice(end);
      const place = Math.floor((to / 65536) * rest.length);
      return rest.slice(0, place) + text.slice(from, end) + rest.slice(place);
    }
    case "flip": {
      const code = (text.charCodeAt(from) || 0) ^ (1 + (to % 255));
      return text.slice(0, from) + String.fromCharCode(code & 255) + text.slice(from + 1);
    }
    case "insert":
      return text.slice(0, from) + word + text.slice(from);
    case "line-away":
    case "lines-swapped": {
      const start = text.lastIndexOf("\n", from - 1) + 1;
      const next = text.indexOf("\n", from) + 1;
      if (next === 0) return text;
      if (kind === "line-away") return text.slice(0, start) + text.slice(next);
      const after = text.indexOf("\n", next) + 1;
      if (after === 0) return text;
      return text.slice(0, start) + text.slice(next, after) + text.slice(start, next) + text.slice(after);
    }
    case "end":
      return text.slice(0, from);
  }
}

/**
 * The log with sums that fit what stands above them, so that what was changed is not merely refused by its sum. Blocks of one name that
 * are open at once are left as they are.
 */
export function withRightSums(log: string): string {
  const open = new Map<string, string[]>();
  const lines = log.split("\n").map((line) => {
    const write = /^HASH\[([^\]]*)\]: "(.*)"$/s.exec(line);
    if (write !== null) {
      const bytes = unquoteInner(write[2] ?? "");
      if (bytes !== null) open.get(write[1] ?? "")?.push(bytes);
      return line;
    }
    const begin = /^HASH\[([^\]]*)\]$/.exec(line);
    if (begin !== null) {
      open.set(begin[1] ?? "", []);
      return line;
    }
    const sum = /^(HASH\[([^\]]*)\]: )[0-9a-f]{64}$/.exec(line);
    const writes = sum === null ? undefined : open.get(sum[2] ?? "");
    if (sum === null || writes === undefined) return line;
    return sum[1] + createHash("sha256").update(writes.join(""), "latin1").digest("hex");
  });
  return lines.join("\n");
}
