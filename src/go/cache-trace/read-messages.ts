/**
 * What go and a cache program say to each other, found in the bytes that pass (cmd/go/internal/cacheprog, Go 1.24–1.27). Nothing is
 * changed or held back: these readers only look on. Bodies of outputs, which may be hundreds of megabytes, are stepped over.
 */

/** A longer message is none of the protocol: its fields are two hashes, a path and an error. */
export const mostMessageBytes = 1 << 16;

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Reads what go writes: a request is a line that starts with a brace, the body behind a put one that starts with a quote
 * (cache/prog.go writeToChild; json.Encoder ends each value with a newline, and has none inside).
 * @param take gets each request as its text; null for one that is too long
 */
export function createRequestReader(take: (text: string | null) => void): (chunk: Uint8Array) => void {
  /** What the line at hand is: not begun, a request, or to be stepped over. */
  let kind: "none" | "request" | "other" = "none";
  const line = createText();
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (kind === "none") {
        const first = chunk[at];
        if (first === newline) {
          at++;
          continue;
        }
        kind = first === openBrace ? "request" : "other";
      }
      const end = chunk.indexOf(newline, at);
      const to = end < 0 ? chunk.length : end;
      if (kind === "request") line.add(chunk, at, to);
      if (end < 0) return;
      if (kind === "request") take(line.end());
      kind = "none";
      at = end + 1;
    }
  };
}

/**
 * Reads what a program writes: JSON objects one after the other, with or without newlines between and inside them, since go reads
 * them with a json.Decoder.
 * @param take gets each object as its text; null for one that is too long, and for what is no object, once
 */
export function createReplyReader(take: (text: string | null) => void): (chunk: Uint8Array) => void {
  let depth = 0;
  let isString = false;
  let isEscaped = false;
  let isGarbled = false;
  const text = createText();
  return (chunk) => {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (isString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) isString = false;
      } else if (depth === 0 && byte !== openBrace) {
        if (byte === undefined || isGarbled || isSpace(byte)) continue;
        isGarbled = true;
        take(null);
      } else if (byte === quote) isString = true;
      else if (byte === openBrace) {
        if (depth === 0) from = at;
        depth++;
      } else if (byte === closeBrace) {
        depth--;
        if (depth > 0) continue;
        text.add(chunk, from, at + 1);
        take(text.end());
      }
    }
    if (depth > 0) text.add(chunk, from, chunk.length);
  };
}

/** White space of JSON. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === newline || byte === 0x0d;
}

/** Puts the pieces of one message together, up to the most that one may have. */
function createText(): { add(chunk: Uint8Array, from: number, to: number): void; end(): string | null } {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  return {
    add(chunk, from, to) {
      bytes += to - from;
      if (bytes > mostMessageBytes) parts = [];
      // A copy: the chunk's memory is used again.
      else parts.push(Uint8Array.prototype.slice.call(chunk, from, to));
    },
    end() {
      const text = bytes > mostMessageBytes ? null : Buffer.concat(parts).toString("utf8");
      parts = [];
      bytes = 0;
      return text;
    },
  };
}
