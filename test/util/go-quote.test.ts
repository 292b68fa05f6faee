import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  quote,
  quoteList,
  splitQuotedWords,
  takeQuoted,
  textOf,
  unquote,
  unquoteInner,
} from "../../src/util/go-quote.ts";
import { byteString } from "../log/arbitraries.ts";

describe("quote and unquote", () => {
  it("are inverse on all byte strings", () => {
    fc.assert(
      fc.property(byteString(), (bytes) => {
        expect(unquote(quote(bytes))).toBe(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it("are inverse on text of all planes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const bytes = Buffer.from(text).toString("latin1");
        expect(unquote(quote(bytes))).toBe(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["", '""'],
    ["a'b", '"a\'b"'],
    ['a"b\\', '"a\\"b\\\\"'],
    ["\x07\b\f\n\r\t\v", '"\\a\\b\\f\\n\\r\\t\\v"'],
    ["\0\x1f\x7f", '"\\x00\\x1f\\x7f"'],
    ["\xff", '"\\xff"'],
    ["\xc3\xa9", '"\xc3\xa9"'],
    ["\xed\xa0\x80", '"\\xed\\xa0\\x80"'],
    ["\xc0\xaf", '"\\xc0\\xaf"'],
    ["\xef\xbf\xbd", '"\xef\xbf\xbd"'],
    ["\xef\xbb\xbf", '"\\ufeff"'],
    ["\xc2\xa0", '"\\u00a0"'],
    ["\xc2\x85", '"\\u0085"'],
    ["\xf3\xa0\x80\x81", '"\\U000e0001"'],
    ["\xf4\x90\x80\x80", '"\\xf4\\x90\\x80\\x80"'],
  ])("%j stands in a log as %s", (bytes, quoted) => {
    expect(quote(bytes)).toBe(quoted);
    expect(unquote(quoted)).toBe(bytes);
  });

  it.each(['"\\q"', '"\\x1"', '"\\xgg"', '"\\u12"', '"\\U00110000"', '"\\"', '"a', 'a"', "", '"'])(
    "%j is no quoted text",
    (text) => expect(unquote(text)).toBeNull(),
  );

  it("an escape at the very end is told apart from an escaped backslash", () => {
    expect(unquoteInner("a\\n")).toBe("a\n");
    expect(unquoteInner("a\\\\n")).toBe("a\\n");
    expect(unquoteInner("\\\\\\n")).toBe("\\\n");
  });
});

describe("takeQuoted", () => {
  it("takes exactly the item that a text begins with", () => {
    fc.assert(
      fc.property(fc.array(byteString(), { maxLength: 5 }), byteString(), (values, rest) => {
        const list = quoteList(values);
        expect(takeQuoted(list + rest)).toEqual({ raw: list, values, rest });
        const first = quote(values[0] ?? "");
        expect(takeQuoted(`${first} ${rest}`)).toEqual({
          raw: first,
          values: [values[0] ?? ""],
          rest: ` ${rest}`,
        });
      }),
    );
  });

  it.each(["", "a", "[", '["a"', '["a" b]', '["\\q"]', '"open', "[a]", '["a" ', '["\\'])(
    "%j begins with no item",
    (text) => expect(takeQuoted(text)).toBeNull(),
  );
});

describe("splitQuotedWords", () => {
  it("gives back words that were joined as Go joins them", () => {
    const word = fc
      .string({ unit: fc.constantFrom("a", "=", "\\", " ", "\t", "\n", '"', "'", "-"), maxLength: 6 })
      .filter((text) => !(text.includes('"') && text.includes("'")) && text !== "");
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.map((each) => (each.includes('"') ? `'${each}'` : `"${each}"`)).join(" ");
        expect(splitQuotedWords(text)).toEqual(words);
      }),
    );
  });
});

describe("textOf", () => {
  it("reads UTF-8 where it is valid, else each byte", () => {
    expect(textOf("caf\xc3\xa9")).toBe("café");
    expect(textOf("caf\xe9")).toBe("café");
    expect(textOf("\xef\xbb\xbfa")).toBe("\ufeffa");
  });
});
