import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOfText, textOfBytes } from "../../src/util/byte-text.ts";

const bytes = (text: string) => Buffer.from(text).toString("latin1");

test("text that is UTF-8 is itself, other bytes are one surrogate each", () => {
  expect(textOfBytes(bytes("täxt 日本 \u{1F600} \uFEFF"))).toBe("täxt 日本 \u{1F600} \uFEFF");
  expect(textOfBytes("a\xffb")).toBe("a\udcffb");
  // A surrogate in UTF-8, an overlong slash, a cut-off character.
  expect(textOfBytes("\xed\xb2\x80")).toBe("\udced\udcb2\udc80");
  expect(textOfBytes("\xc0\xaf")).toBe("\udcc0\udcaf");
  expect(textOfBytes("\xe6\x97")).toBe("\udce6\udc97");
});

test("bytes come back", () => {
  const byteStrings = fc
    .array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0xc3, 0xa4, 0xf0, 0x9f, 0x98, 0x80)))
    .map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(byteStrings, (one) => {
      expect(bytesOfText(textOfBytes(one))).toBe(one);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(textOfBytes(bytes(text))).toBe(Buffer.from(text).toString());
    }),
  );
});
