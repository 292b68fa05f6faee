import { crc32 } from "node:zlib";
import fc from "fast-check";
import type { RunWithBlocks } from "../../src/model/run.ts";
import { compress, decompress } from "../../src/store/compress.ts";
import { decodeHead, type RepeatMark } from "../../src/store/head.ts";
import { decodePack, encodePack } from "../../src/store/pack.ts";
import { decodeRepeat, encodeRepeat } from "../../src/store/repeat-file.ts";
import { decodeRows, decodeRun, encodeRows, encodeRun, rowsOf } from "../../src/store/run-file.ts";
import { summarize } from "../../src/store/summary.ts";
import { applyEdits, type Edit, edit } from "./mutate.ts";
import { applyJsonEdits, type JsonEdit, jsonEdit } from "./mutate-json.ts";
import { hold, type Target } from "./target.ts";

/** A file of a history, and all that is read of it. */
interface Stored {
  readonly file: Buffer;
  readonly read: (file: Buffer) => unknown;
}

interface FileCase {
  readonly file: number;
  /** Changes of its bytes. */
  readonly edits: readonly Edit[];
  /** Changes of its content, under a right sum; where there are any, the bytes stay. */
  readonly content: readonly JsonEdit[];
}

/** Files of a history: with other bytes they are refused, or are read as they were; with another content nothing hangs or takes memory. */
export function historyFileTarget(runs: readonly RunWithBlocks[]): Target<FileCase> {
  const files = runs.flatMap(filesOf);
  const whole = files.map(({ file, read }) => JSON.stringify(read(file)));
  const cases = fc.record({
    file: fc.nat({ max: files.length - 1 }),
    edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
    content: fc.oneof(
      { weight: 9, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(jsonEdit, { minLength: 1, maxLength: 3 }) },
    ),
  });
  const check = ({ file: at, edits, content }: FileCase): void => {
    const stored = files[at];
    if (stored === undefined) return;
    const isBytes = content.length === 0;
    const changed = isBytes
      ? Buffer.from(applyEdits(stored.file.toString("latin1"), edits), "latin1")
      : withContent(stored.file, content);
    let found: unknown;
    try {
      found = stored.read(changed);
    } catch (error) {
      hold(error instanceof Error, "something else than an error was thrown");
      if (isBytes) hold(error.message.startsWith("it"), `no named error: ${error.message}`);
      return;
    }
    const text = JSON.stringify(found);
    if (isBytes) hold(text === whole[at], "it is read as something else");
    else hold(text.length < 1e6, `it became ${text.length} characters`);
  };
  return { name: "history-files", share: 20, cases, check };
}

const mark: RepeatMark = { world: "world", graph: "graph", gocache: "/cache", targets: ["/bin/a"] };

function filesOf({ run, blocks }: RunWithBlocks): Stored[] {
  const rows = rowsOf(run);
  const shared = { rows: rows.actions };
  const places = new Map([...blocks.keys()].map((digest) => [digest, "paaaaaaa"]));
  const head = { summary: summarize(run, 3), mark };
  const { id, startedAt, clockSeconds, cache } = run;
  const runFile = encodeRun(run, rows, shared, places, 3, mark);
  const readRun = (file: Buffer): unknown => {
    const found = decodeRun(file, shared);
    return [found.run, [...found.places]];
  };
  return [
    { file: runFile, read: readRun },
    { file: runFile, read: decodeHead },
    { file: encodeRows(shared), read: decodeRows },
    { file: encodePack(blocks.values()), read: (file) => [...decodePack(file)] },
    {
      file: encodeRepeat(head, { id, startedAt, clockSeconds, cache }),
      read: (file) => [decodeHead(file), decodeRepeat(file)],
    },
  ];
}

/** The same file with another content: its lines of JSON are changed, and its sum is right. */
function withContent(file: Buffer, edits: readonly JsonEdit[]): Buffer {
  const [, kind = "", version = ""] = file.toString("latin1", 0, file.indexOf(10)).split(" ");
  const payload = file.subarray(file.indexOf(10) + 1);
  const headEnd = kind === "run" || kind === "repeat" ? payload.indexOf(10) + 1 : 0;
  const rest = payload.subarray(headEnd);
  const text = kind === "repeat" ? rest.toString() : decompress(rest);
  const lines = text.split("\n");
  const changed = applyJsonEdits(
    lines.map((line) => JSON.parse(line)),
    edits,
  );
  const other = (Array.isArray(changed) ? changed : [changed]).map((line) => JSON.stringify(line)).join("\n");
  const packed = Buffer.concat([
    payload.subarray(0, headEnd),
    kind === "repeat" ? Buffer.from(other) : compress(other),
  ]);
  const sum = crc32(packed).toString(16).padStart(8, "0");
  return Buffer.concat([Buffer.from(`gocache-why ${kind} ${version} ${sum}\n`), packed]);
}
