import type { Digest, ShortId } from "../model/ids.ts";
import type { ActionKind, Run, RunAction, SourceFile } from "../model/run.ts";
import type { TestFacts } from "../model/test-inputs.ts";
import { compress, decompress } from "./compress.ts";
import { frame, unframe } from "./frame.ts";
import { encodeHead, type RepeatMark } from "./head.ts";
import { summarize } from "./summary.ts";

/**
 * A row is a line of JSON that seldom changes from run to run: what an action is (names, digest, content ID), or a
 * source file. Digests hardly compress, so rows stand in a file of their own that runs share; a run names them by number
 * and brings only those that are not there.
 */
export interface RowTable {
  readonly rows: readonly string[];
}

/** Which blocks are kept for a run: digest → name of the pack. */
export type BlockPlaces = ReadonlyMap<Digest, string>;

interface RunBody {
  readonly run: Omit<Run, "actions" | "files">;
  /** Rows of the actions, then of the files: `[first, how many, first, how many, …]`. */
  readonly actions: readonly number[];
  readonly files: readonly number[];
  /** One letter an action: `h`it, `r`an, `u`nknown. */
  readonly outcomes: string;
  readonly failed: readonly number[];
  readonly seconds: readonly (number | null)[];
  /** `[place of the action, its intervals]`, where it has any. */
  readonly intervals: readonly (readonly [number, RunAction["intervals"]])[];
  readonly packs: readonly string[];
  /** One character an action: its block's place in `packs` in base 36, `.` where its block is not kept. */
  readonly blocks: string;
}

/** Key, kind, package, variant, digest, contentId, target, unverified, id (absent where it is the digest's short form), facts of a test. */
type ActionRow = readonly [
  string,
  ActionKind,
  string,
  string | null,
  Digest | null,
  ShortId | null,
  string | null,
  string | null,
  (ShortId | null)?,
  TestFacts?,
];

/** Path, size, mtimeMs, hash. */
type FileRow = readonly [string, number, number, ShortId];

const outcomes = { h: "hit", r: "ran", u: "unknown" } as const;

/** The rows of a run's actions, then of its files, as they are written. */
export function rowsOf(run: Run): { actions: string[]; files: string[] } {
  return {
    actions: actionRowsOf(run.actions),
    files: run.files.map(({ path, size, mtimeMs, hash }) => {
      const row: FileRow = [path, size, mtimeMs, hash];
      return JSON.stringify(row);
    }),
  };
}

/** The bytes of a file with rows that runs share. */
export function encodeRows(table: RowTable): Buffer {
  return frame("rows", compress(table.rows.join("\n")));
}

/**
 * The rows of a file that `encodeRows` wrote.
 * @throws {Error} where the file is none, of another version, or damaged
 */
export function decodeRows(file: Buffer): RowTable {
  const text = decompress(unframe("rows", file));
  return { rows: text === "" ? [] : text.split("\n") };
}

/**
 * The bytes of a run's own file.
 * @param shared the rows that it may refer to; those that are missing there are written here
 * @param mark by which a later run can be told to repeat this one; null where none can
 */
export function encodeRun(
  run: Run,
  rows: { actions: readonly string[]; files: readonly string[] },
  shared: RowTable,
  places: BlockPlaces,
  missed: number | null,
  mark: RepeatMark | null = null,
): Buffer {
  const numbers = new Map(shared.rows.map((row, index) => [row, index]));
  const own: string[] = [];
  const numberOf = (row: string): number => {
    const known = numbers.get(row);
    if (known !== undefined) return known;
    const number = shared.rows.length + own.length;
    own.push(row);
    numbers.set(row, number);
    return number;
  };
  const { actions, files, ...rest } = run;
  const packs = [...new Set(places.values())].sort();
  const body: RunBody = {
    run: rest,
    actions: toRanges(rows.actions.map(numberOf)),
    files: toRanges(rows.files.map(numberOf)),
    outcomes: actions.map((action) => action.outcome.charAt(0)).join(""),
    failed: actions.flatMap((action, index) => (action.failed ? [index] : [])),
    seconds: actions.map((action) => action.seconds),
    intervals: actions.flatMap((action, index) =>
      action.intervals.length > 0 ? [[index, action.intervals] as const] : [],
    ),
    packs,
    blocks: actions.map((action) => placeLetter(action.digest, places, packs)).join(""),
  };
  const head = encodeHead(summarize(run, missed), mark);
  return frame("run", Buffer.concat([head, compress([JSON.stringify(body), ...own].join("\n"))]));
}

/**
 * The run in a file that `encodeRun` wrote.
 * @param shared the rows that were given to `encodeRun`
 * @throws {Error} where the file is none, of another version, or damaged
 */
export function decodeRun(file: Buffer, shared: RowTable): { run: Run; places: Map<Digest, string> } {
  const payload = unframe("run", file);
  const [bodyText = "", ...own] = decompress(payload.subarray(payload.indexOf(10) + 1)).split("\n");
  const body = JSON.parse(bodyText) as RunBody;
  const rows = JSON.parse(`[${[...shared.rows, ...own].join(",")}]`) as unknown[];
  const places = new Map<Digest, string>();
  const intervals = new Map(body.intervals);
  const failed = new Set(body.failed);
  const actionRows = rowsAt(rows, body.actions) as ActionRow[];
  const ids = shortIds(actionRows.map((row) => row[4]));
  const actions = actionRows.map((row, index): RunAction => {
    const [key, kind, packagePath, variant, digest, contentId, target, unverified, id, test] = row;
    const pack = body.packs[Number.parseInt(body.blocks.charAt(index), 36)];
    if (pack !== undefined && digest !== null) places.set(digest, pack);
    return {
      key,
      kind,
      package: packagePath,
      variant,
      id: id !== undefined ? id : (ids[index] ?? null),
      digest,
      contentId,
      outcome: outcomes[body.outcomes.charAt(index) as keyof typeof outcomes],
      failed: failed.has(index),
      seconds: body.seconds[index] ?? null,
      intervals: intervals.get(index) ?? [],
      target,
      unverified,
      ...(test === undefined ? {} : { test }),
    };
  });
  const files = (rowsAt(rows, body.files) as FileRow[]).map(
    ([path, size, mtimeMs, hash]): SourceFile => ({ path, size, mtimeMs, hash }),
  );
  return { run: { ...body.run, files, actions }, places };
}

/** Explicit lists of fields: object spread takes 5 ms for 1,000 actions in a process that has just started. */
function actionRowsOf(actions: readonly RunAction[]): string[] {
  const ids = shortIds(actions.map(({ digest }) => digest));
  return actions.map((action, index) => {
    const { key, kind, variant, digest, contentId, target, unverified, id, test } = action;
    const row: ActionRow = [key, kind, action.package, variant, digest, contentId, target, unverified];
    if (test !== undefined) return JSON.stringify([...row, id, test]);
    return JSON.stringify(digest !== null && id === ids[index] ? row : [...row, id]);
  });
}

/** `shortId` of many digests in one go, which takes a tenth of the time: 15 bytes are 20 characters without padding. */
function shortIds(digests: readonly (Digest | null)[]): (ShortId | null)[] {
  const empty = "0".repeat(30);
  const hex = digests.map((digest) => digest?.slice(0, 30) ?? empty).join("");
  const text = Buffer.from(hex, "hex").toString("base64url");
  return digests.map((digest, index) =>
    digest === null ? null : (text.slice(index * 20, index * 20 + 20) as ShortId),
  );
}

function placeLetter(digest: Digest | null, places: BlockPlaces, packs: readonly string[]): string {
  const pack = digest === null ? undefined : places.get(digest);
  return pack === undefined ? "." : packs.indexOf(pack).toString(36);
}

function toRanges(numbers: readonly number[]): number[] {
  const ranges: number[] = [];
  let next = -1;
  for (const number of numbers) {
    if (number === next) ranges[ranges.length - 1] = (ranges.at(-1) ?? 0) + 1;
    else ranges.push(number, 1);
    next = number + 1;
  }
  return ranges;
}

/** The rows that ranges name. */
function rowsAt(rows: readonly unknown[], ranges: readonly number[]): unknown[] {
  const found: unknown[] = [];
  for (let index = 0; index < ranges.length; index += 2) {
    const first = ranges[index] ?? 0;
    const end = first + (ranges[index + 1] ?? 0);
    if (end > rows.length) throw new Error("it is damaged");
    for (let number = first; number < end; number++) found.push(rows[number]);
  }
  return found;
}
