/**
 * Go's `%q` and its inverse on byte strings (one character a byte, U+0000–U+00FF).
 * Source: strconv.Quote / strconv.Unquote, Go 1.21–1.27.
 */

const simpleEscapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/**
 * The bytes of the inside of a quoted text (without its quotes). Null where an escape is malformed.
 * Printable Unicode stands in the log as UTF-8, so its bytes are copied as they are.
 */
export function unquoteInner(inner: string): string | null {
  let at = inner.indexOf("\\");
  if (at < 0) return inner;
  if (at === inner.length - 2 && inner.charCodeAt(at + 1) === 110) return `${inner.slice(0, at)}\n`;
  let out = "";
  let from = 0;
  while (at >= 0) {
    out += inner.slice(from, at);
    const code = inner[at + 1] ?? "";
    const simple = simpleEscapes[code];
    if (simple !== undefined) {
      out += simple;
      from = at + 2;
    } else {
      const width = code === "x" ? 2 : code === "u" ? 4 : code === "U" ? 8 : 0;
      const digits = inner.slice(at + 2, at + 2 + width);
      if (width === 0 || digits.length !== width || !/^[0-9a-fA-F]+$/.test(digits)) return null;
      const value = Number.parseInt(digits, 16);
      if (value > 0x10ffff) return null;
      out +=
        width === 2
          ? String.fromCharCode(value)
          : Buffer.from(String.fromCodePoint(value)).toString("latin1");
      from = at + 2 + width;
    }
    at = inner.indexOf("\\", from);
  }
  return out + inner.slice(from);
}

/** The bytes of a whole quoted text, quotes included; null where it is not one. */
export function unquote(text: string): string | null {
  if (text.length < 2 || text[0] !== '"' || text[text.length - 1] !== '"') return null;
  return unquoteInner(text.slice(1, -1));
}

/** Go's `%q` of a byte string, as a byte string; for characters younger than Go's Unicode tables it may differ. */
export function quote(bytes: string): string {
  if (/^[ !#-[\]-~]*$/.test(bytes)) return `"${bytes}"`;
  let out = '"';
  for (const piece of runes(bytes)) out += piece;
  return `${out}"`;
}

/** A byte order mark is a character like any other here. */
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

function* runes(bytes: string): Generator<string> {
  for (let at = 0; at < bytes.length; ) {
    const code = bytes.charCodeAt(at);
    if (code < 0x80) {
      yield quoteAscii(code);
      at++;
      continue;
    }
    const width = code >= 0xf0 ? 4 : code >= 0xe0 ? 3 : 2;
    const piece = bytes.slice(at, at + width);
    let rune: string | null = null;
    try {
      rune = strictUtf8.decode(Buffer.from(piece, "latin1"));
    } catch {
      rune = null;
    }
    if (rune === null || code < 0xc2) {
      yield `\\x${code.toString(16).padStart(2, "0")}`;
      at++;
      continue;
    }
    const point = rune.codePointAt(0) ?? 0;
    if (printable.test(rune)) yield piece;
    else if (point < 0x10000) yield `\\u${point.toString(16).padStart(4, "0")}`;
    else yield `\\U${point.toString(16).padStart(8, "0")}`;
    at += width;
  }
}

const asciiNames: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

function quoteAscii(code: number): string {
  const named = asciiNames[code];
  if (named !== undefined) return named;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  return String.fromCharCode(code);
}

/**
 * Splits text that begins with a `%q` list (`["a" "b"]`) or a `%q` text into that item and the rest.
 * Null where it begins with neither.
 */
export function takeQuoted(text: string): { raw: string; values: string[]; rest: string } | null {
  if (text[0] === '"') {
    const end = closingQuote(text, 0);
    const value = end < 0 ? null : unquoteInner(text.slice(1, end));
    return value === null
      ? null
      : { raw: text.slice(0, end + 1), values: [value], rest: text.slice(end + 1) };
  }
  if (text[0] !== "[") return null;
  const values: string[] = [];
  let at = 1;
  while (text[at] !== "]") {
    if (text[at] === " ") at++;
    if (text[at] !== '"') return null;
    const end = closingQuote(text, at);
    const value = end < 0 ? null : unquoteInner(text.slice(at + 1, end));
    if (value === null) return null;
    values.push(value);
    at = end + 1;
  }
  return { raw: text.slice(0, at + 1), values, rest: text.slice(at + 1) };
}

function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return at;
  }
  return -1;
}

/** A `%q` list of byte strings: `["a" "b"]`. */
export function quoteList(values: readonly string[]): string {
  return `[${values.map(quote).join(" ")}]`;
}

/**
 * Splits a flag list as Go splits CGO_CFLAGS, -ldflags and GOFLAGS: white space separates, a word may stand in
 * single or double quotes, no escapes (cmd/internal/quoted, Go 1.21–1.27). Null where a quote stays open.
 */
export function splitQuotedWords(text: string): string[] | null {
  const words: string[] = [];
  let rest = text;
  for (;;) {
    rest = rest.replace(/^[ \t\n\r]+/, "");
    if (rest === "") return words;
    const open = rest[0];
    if (open === '"' || open === "'") {
      const end = rest.indexOf(open, 1);
      if (end < 0) return null;
      words.push(rest.slice(1, end));
      rest = rest.slice(end + 1);
      continue;
    }
    const end = rest.search(/[ \t\n\r]/);
    words.push(end < 0 ? rest : rest.slice(0, end));
    rest = end < 0 ? "" : rest.slice(end);
  }
}

/** A byte string as text for people: UTF-8 where it is valid, else each byte as Latin-1. */
export function textOf(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is what is asked for
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  try {
    return strictUtf8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return bytes;
  }
}
