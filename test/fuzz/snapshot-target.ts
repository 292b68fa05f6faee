import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from "node:zlib";
import fc from "fast-check";
import { digestOf } from "../../src/model/ids.ts";
import type { RunWithBlocks } from "../../src/model/run.ts";
import { decodeSnapshot, encodeSnapshot } from "../../src/store/snapshot.ts";
import { applyEdits, type Edit, edit } from "./mutate.ts";
import { applyJsonEdits, type JsonEdit, jsonEdit } from "./mutate-json.ts";
import { hold, isSame, type Target } from "./target.ts";

interface SnapshotCase {
  readonly seed: number;
  readonly edits: readonly Edit[];
}

/** Files of snapshots whose bytes were changed: refused in one line, or the same run. */
export function snapshotBytesTarget(runs: readonly RunWithBlocks[]): Target<SnapshotCase> {
  const files = runs.map((run) => encodeSnapshot(run, "1.2.3"));
  const whole = files.map((file) => JSON.stringify(contentOf(decodeSnapshot(file))));
  const cases = fc.record({
    seed: fc.nat({ max: files.length - 1 }),
    edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
  });
  const check = ({ seed, edits }: SnapshotCase): void => {
    const changed = applyEdits(files[seed]?.toString("latin1") ?? "", edits);
    const found = decodeSnapshot(Buffer.from(changed, "latin1"));
    holdHarmless(found);
    // The version of the tool in the first line is under no sum.
    if (!("error" in found)) hold(JSON.stringify(contentOf(found)) === whole[seed], "another run");
  };
  return { name: "snapshot-bytes", share: 22, cases, check };
}

interface BodyCase {
  readonly seed: number;
  readonly edits: readonly JsonEdit[];
}

/** Snapshots whose content was changed, under a right sum: refused, or a run of the right types that is written and read as itself. */
export function snapshotBodyTarget(
  runs: readonly RunWithBlocks[],
  use: (run: RunWithBlocks) => void = () => {},
): Target<BodyCase> {
  const bodies = runs.map((run): unknown => JSON.parse(bodyOf(encodeSnapshot(run, "1.2.3"))));
  const cases = fc.record({
    seed: fc.nat({ max: bodies.length - 1 }),
    edits: fc.array(jsonEdit, { minLength: 1, maxLength: 4 }),
  });
  const check = ({ seed, edits }: BodyCase): void => {
    const found = decodeSnapshot(fileOf(JSON.stringify(applyJsonEdits(bodies[seed], edits))));
    holdHarmless(found);
    if ("error" in found) return;
    for (const { digest, lines, hidden, name } of found.blocks.values()) {
      if (!hidden) hold(digestOf(lines.join("")) === digest, `the lines of ${name} do not hash to its key`);
    }
    const again = decodeSnapshot(encodeSnapshot(found, "1.2.3"));
    hold(
      !("error" in again),
      `it can't be read when it is written again: ${"error" in again ? again.error : ""}`,
    );
    const tokens = /<hidden:[0-9a-f]{12}>/;
    const text = JSON.stringify(contentOf(found));
    hold(
      tokens.test(text) || isSame(contentOf(again), contentOf(found)),
      "another run when it is written again",
    );
    use(found);
  };
  return { name: "snapshot-content", share: 2, cases, check };
}

function holdHarmless(found: RunWithBlocks | { error: string }): void {
  if ("error" in found) hold(/^it [ -~…]{1,300}$/.test(found.error), `no clear line: ${found.error}`);
}

function contentOf(found: RunWithBlocks | { error: string }): unknown {
  if ("error" in found) throw new Error(found.error);
  const { hiddenUnder: _under, ...run } = found.run;
  return [run, [...found.blocks.values()]];
}

function bodyOf(snapshot: Buffer): string {
  return brotliDecompressSync(snapshot.subarray(snapshot.indexOf(10) + 1)).toString();
}

/** The file of any body, with a right sum. */
export function fileOf(body: string): Buffer {
  const payload = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 0 } });
  const sum = crc32(payload).toString(16).padStart(8, "0");
  return Buffer.concat([Buffer.from(`gocache-why snapshot 1 1.2.3 ${sum}\n`), payload]);
}
