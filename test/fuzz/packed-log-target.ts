import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { createLogDecoder } from "../../src/log/decode-log.ts";
import { zip } from "../log/ci-shapes.ts";
import { chunksOf } from "./log-target.ts";
import { applyEdits, edit } from "./mutate.ts";
import { hold, type Target } from "./target.ts";

interface PackedCase {
  /** The bytes of the file. */
  readonly file: string;
  readonly cuts: readonly number[];
}

/** Logs as CI systems pack them, with other bytes: one line that says what is wrong, or what was unpacked; the same in any chunks. */
export function packedLogTarget(pieces: readonly string[]): Target<PackedCase> {
  const files = pieces.slice(0, 4).flatMap((piece) => {
    const text = Buffer.from(piece, "latin1");
    const utf16 = Buffer.from(`\ufeff${piece}`, "utf16le");
    return [
      text,
      gzipSync(text),
      utf16,
      Buffer.from(utf16).swap16(),
      zip({ "a.txt": text }),
      zip({ "a/b.log": text }),
    ].map((file) => file.toString("latin1"));
  });
  const cases = fc
    .record({
      file: fc.constantFrom(...files),
      edits: fc.array(edit, { maxLength: 3 }),
      cuts: fc.array(fc.nat({ max: 65535 }), { maxLength: 6 }),
    })
    .map(
      ({ file, edits, cuts }): PackedCase => ({
        file: applyEdits(file, edits),
        cuts: cuts.sort((a, b) => a - b),
      }),
    );
  return { name: "packed-logs", share: 3, cases, check: checkPacked };
}

async function checkPacked({ file, cuts }: PackedCase): Promise<void> {
  const whole = await unpack(file, []);
  const cut = await unpack(file, cuts);
  hold(whole.problem === null || /^it [ -~]+$/.test(whole.problem), `no clear line: ${whole.problem}`);
  hold((cut.problem === null) === (whole.problem === null), "another end when the file is cut otherwise");
  // What came before the damage may be more or less, since it is unpacked in pieces.
  if (whole.problem === null) hold(cut.text === whole.text, "another text when the file is cut otherwise");
}

async function unpack(
  file: string,
  cuts: readonly number[],
): Promise<{ text: string; problem: string | null }> {
  const pieces: string[] = [];
  const decoder = createLogDecoder({
    push: (bytes) => pieces.push(Buffer.from(bytes).toString("latin1")),
    cut: () => pieces.push("\0cut\0"),
  });
  for (const chunk of chunksOf(file, cuts)) await decoder.push(chunk);
  const problem = await decoder.end();
  return { text: pieces.join(""), problem };
}
