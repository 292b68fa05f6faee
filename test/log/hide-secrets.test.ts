import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hideInBlock, hideInFlagText, hideInText, isHarmlessValue } from "../../src/log/hide-secrets.ts";
import { digestOf } from "../../src/log/ids.ts";
import { quote, quoteList } from "../../src/util/go-quote.ts";

const hide = (value: string): string => `<hidden:${digestOf(value).slice(0, 12)}>`;

/** What no test value contains by chance. */
const secret = fc
  .array(
    fc.constantFrom(
      "hunter",
      "2x",
      "Zq",
      "_",
      "\\",
      "=",
      "$",
      " ",
      "\t",
      "@",
      "/",
      "?",
      "&",
      "%",
      "\xc3\xa9",
      "'",
      '"',
    ),
    { minLength: 3, maxLength: 8 },
  )
  .map((pieces) => `s3cr${pieces.join("")}et`);

/** Every form in which Go may write a value: plain, quoted once, quoted twice. */
function forms(value: string): readonly string[] {
  const once = quote(value).slice(1, -1);
  return [value, once, quote(once).slice(1, -1)];
}

function expectNoTrace(lines: readonly string[], value: string): void {
  const text = lines.join("");
  for (const form of forms(value)) expect(text).not.toContain(form);
  expect(text).not.toContain("s3cr");
}

/** Words as Go's own `quoted.Join` puts them; null where it can't. */
function joinWords(words: readonly string[]): string | null {
  if (words.some((word) => word.includes("'") && word.includes('"'))) return null;
  return words
    .map((word) => (/[ \t\n\r'"]/.test(word) ? (word.includes("'") ? `"${word}"` : `'${word}'`) : word))
    .join(" ");
}

/** The build-info line of a main with these -ldflags (runtime/debug quotes where there is white space or a quote). */
function modinfo(ldflags: string): string {
  const value = /[ \t\r\n"`]/.test(ldflags) ? quote(ldflags) : ldflags;
  const text = `path\texample.com/m\nmod\texample.com/m\t(devel)\t\nbuild\t-compiler=gc\nbuild\t-ldflags=${value}\nbuild\tGOOS=linux\n`;
  return `modinfo ${quote(text)}\n`;
}

describe("-X", () => {
  it("a value planted anywhere never appears, in no escaped form", () => {
    const word = fc.constantFrom(
      (value: string) => ["-X", `main.token=${value}`],
      (value: string) => [`-X=main.token=${value}`],
      (value: string) => [`--X=main.token=${value}`],
      (value: string) => ["--X", `main.token=${value}`],
      (value: string) => ["-s", "-X", `main.token=${value}`, "-w"],
      (value: string) => ["-X", "main.version=v1.2.3", "-X", `main.token=${value}`],
    );
    fc.assert(
      fc.property(word, secret, fc.constantFrom("", "all=", "example.com/m/...="), (make, value, pattern) => {
        const words = make(value);
        const lines = ["go1.26.8", "link\n", `linkflags ${quoteList(words)}\n`];
        const joined = joinWords(words);
        if (joined !== null) lines.push(modinfo(pattern + joined));
        const hidden = hideInBlock("link example.com/m", lines, hide);
        expectNoTrace(hidden.lines, value);
        expect(hidden.hidden).toBeGreaterThanOrEqual(1);
        if (joined !== null) expectNoTrace([hideInFlagText(pattern + joined, hide).value], value);
      }),
      { numRuns: 1000 },
    );
  });

  it("text that can't be split is hidden as a whole", () => {
    const found = hideInFlagText("-X 'main.token=s3cret", hide);
    expect(found.hidden).toBe(1);
    expect(found.value).not.toContain("s3cret");
  });

  it("equal values have equal tokens, others other ones", () => {
    const lines = (one: string, two: string): readonly string[] =>
      hideInBlock("link a", [`linkflags ${quoteList(["-X", `a.b=${one}`, "-X", `c.d=${two}`])}\n`], hide)
        .lines;
    const tokens = (found: readonly string[]): readonly string[] =>
      found.join("").match(/<hidden:[0-9a-f]+>/g) ?? [];
    expect(new Set(tokens(lines("s3cret", "s3cret"))).size).toBe(1);
    expect(new Set(tokens(lines("s3cret", "s3cret2"))).size).toBe(2);
    expect(lines("s3cret", "s3cret")).toEqual(lines("s3cret", "s3cret"));
  });

  it("the name of what is defined, and everything else, stays", () => {
    const line = `linkflags ${quoteList(["-s", "-w", "-X", "main.token=s3cret", "-extldflags", "-static"])}\n`;
    expect(hideInBlock("link a", [line], hide).lines).toEqual([
      `linkflags ${quoteList(["-s", "-w", "-X", `main.token=${hide("s3cret")}`, "-extldflags", "-static"])}\n`,
    ]);
  });

  it.each([
    "v1.2.3",
    "1.2.3-rc.1+build.5",
    "v0.0.0-20240101000000-abcdef123456",
    "abcdef1",
    "0123456789abcdef0123456789abcdef01234567",
    "2024-01-01",
    "2024-01-01T10:11:12Z",
    "2024-01-01_10:11:12",
    "dev",
    "true",
  ])("%s is no secret", (value) => {
    expect(isHarmlessValue(value)).toBe(true);
    const lines = [`linkflags ${quoteList(["-X", `main.v=${value}`])}\n`, modinfo(`-X main.v=${value}`)];
    expect(hideInBlock("link a", lines, hide)).toEqual({ lines, hidden: 0 });
  });

  it.each([
    "hunter2",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "deadbeefdeadbeef",
    "v1 secret",
    "1.2.3 x",
  ])("%s may be one", (value) => expect(isHarmlessValue(value)).toBe(false));
});

describe("URLs", () => {
  it.each([
    ["https://user:s3cret@host/x", "https://<>@host/x"],
    ["https://s3cret@host/x?y", "https://<>@host/x?<>"],
    ["https://user:p@s3cret@host/x", "https://<>@host/x"],
    ["https://host/x?token=s3cret", "https://host/x?<>"],
    ["https://user:s3cret@host/x?token=s3cret2#f", "https://<>@host/x?<>#f"],
    ["a https://u:s3cret@h b http://v:s3cret@i", "a https://<>@h b http://<>@i"],
    ["git+ssh://git:s3cret@host", "git+ssh://<>@host"],
    ["HTTPS://u:s3cret@host", "HTTPS://<>@host"],
    ["https://proxy.example.com,https://u:s3cret@host", "https://proxy.example.com,https://<>@host"],
    [
      "https://proxy.example.com|https://u:s3cret@host|direct",
      "https://proxy.example.com|https://<>@host|direct",
    ],
    ["https://host/x", "https://host/x"],
    ["https://host/@v/list", "https://host/@v/list"],
    ["mail@host", "mail@host"],
  ])("%s", (text, expected) => {
    const found = hideInText(text, hide);
    expect(found.value.replace(/<hidden:[0-9a-f]+>/g, "<>")).toBe(expected);
    expect(found.hidden).toBe(expected.split("<>").length - 1);
  });

  it("are found in every kind of line", () => {
    for (const line of [
      'CC=["gcc"] [] ["-DURL=https://u:s3cret@host/"] []\n',
      modinfo("-extldflags=https://u:s3cret@host/"),
      modinfo("-s").replace("GOOS=linux", "CGO_CFLAGS=-DURL=https://u:s3cret@host/"),
      'vetflags ["-x=https://u:s3cret@host"]\n',
      `linkflags ${quoteList(["-extldflags", "https://u:s3cret@host/"])}\n`,
    ]) {
      const found = hideInBlock("build a", ["go1.26.8", line], hide);
      expect(found.lines.join("")).not.toContain("s3cret");
      expect(found.hidden).toBe(1);
    }
  });
});

describe("variables that a test reads", () => {
  it("keep whether they were set, not their value", () => {
    const set = hideInBlock("getenv", ["go1.26.8", "\x01", "s3cret"], hide);
    expect(set).toEqual({ lines: ["go1.26.8", "\x01", hide("s3cret")], hidden: 1 });
    const unset = hideInBlock("getenv", ["go1.26.8", "\0"], hide);
    expect(unset).toEqual({ lines: ["go1.26.8", "\0"], hidden: 0 });
    const empty = hideInBlock("getenv", ["go1.26.8", "\x01", ""], hide);
    expect(empty.lines[2]).not.toBe(set.lines[2]);
  });
});

it("a block without secrets is given back as it is", () => {
  const lines = ["go1.26.8", "compile\n", "dir /src\n", modinfo("-s -w"), 'linkflags ["-s" "-w"]\n'];
  expect(hideInBlock("build a", lines, hide)).toEqual({ lines, hidden: 0 });
});
