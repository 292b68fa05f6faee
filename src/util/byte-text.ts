/**
 * Byte strings (one character a byte, U+0000–U+00FF) as text and back, without loss: what is not valid UTF-8 becomes a lone
 * surrogate, U+DC80–U+DCFF, for each of its bytes. Names of files and variables come from the system as bytes.
 */

const ascii = /^[\0-\x7f]*$/;

/** A byte order mark is a character like any other here. */
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text for a byte string; `bytesOfText` gives the same bytes again. */
export function textOfBytes(bytes: string): string {
  if (ascii.test(bytes)) return bytes;
  try {
    return strictUtf8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return [...pieces(bytes)].join("");
  }
}

/** The bytes of a text: UTF-8, and one byte for each of the surrogates that `textOfBytes` wrote. */
export function bytesOfText(text: string): string {
  if (ascii.test(text)) return text;
  const utf8 = (part: string): string => Buffer.from(part).toString("latin1");
  return text
    .split(/((?<![\ud800-\udbff])[\udc80-\udcff])/)
    .map((part, index) => (index % 2 === 0 ? utf8(part) : String.fromCharCode(part.charCodeAt(0) - 0xdc00)))
    .join("");
}

function* pieces(bytes: string): Generator<string> {
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes.charCodeAt(at);
    const width = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    try {
      yield strictUtf8.decode(Buffer.from(bytes.slice(at, at + width), "latin1"));
      at += width;
    } catch {
      yield String.fromCharCode(0xdc00 + lead);
      at++;
    }
  }
}
