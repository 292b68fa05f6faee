import { quote, unquoteInner } from "../util/go-quote.ts";
import { type Hide, hideDigest } from "./hide/token.ts";
import { isHarmlessValue } from "./hide/value-looks.ts";
import { hideInBlock, hideInText, hideShapes } from "./hide-secrets.ts";
import { createPrefixStripper } from "./strip-prefix.ts";

export interface LogScrubber {
  /** Takes the next bytes of the log, cut anywhere. */
  push(chunk: Uint8Array): void;
  /** Takes an unfinished last line as a line. */
  end(): void;
  /** How many different values were replaced so far. */
  readonly hidden: number;
}

/**
 * The same log without its secrets: line by line, in the order of the log. A line of a key whose value is hidden holds a token
 * in its place; its block keeps its digest, and can be compared. Only where the digest would allow to guess the value, as that of
 * a variable that a test reads, another stands for it, the same wherever it stood.
 * Lines that a CI system had split or packed into JSON are whole again.
 * @param write gets the lines as a byte string, each with its line end
 */
export function createLogScrubber(hide: Hide, write: (text: string) => void): LogScrubber {
  const values = new Set<string>();
  const counted: Hide = (value) => {
    const token = hide(value);
    if (token !== value) values.add(value);
    return token;
  };
  const stripper = createPrefixStripper((line, prefix) => {
    write(`${prefix === "" ? "" : hideShapes(prefix, counted).value}${scrubLine(line)}\n`);
  });
  let pending = "";

  function scrubLine(line: string): string {
    if (line.startsWith("HASH[")) return scrubHashLine(line);
    if (line.startsWith("HASH subkey ")) return scrubSubkey(line);
    if (line.startsWith("HASH ")) return hideShapes(line, counted).value;
    return scrubForeign(line);
  }

  function scrubHashLine(line: string): string {
    const text = line.indexOf(']: "');
    if (text < 0 || !line.endsWith('"')) {
      const name = /^HASH\[(getenv|testInputs)\]: /.exec(line);
      if (name === null) return hideShapes(line, counted).value;
      return line.replace(/[0-9a-f]{64}$/, (sum) => hideDigest(sum, hide));
    }
    const name = line.slice(5, text);
    const bytes = unquoteInner(line.slice(text + 4, -1));
    // Torn: what stands in it may be anything.
    if (bytes === null) return scrubForeign(line);
    const found = scrubWrite(name, bytes);
    if (found === bytes) return line;
    return `HASH[${name}]: ${quote(found)}`;
  }

  function scrubWrite(name: string, bytes: string): string {
    if (name === "getenv") return notTheValue.test(bytes) ? bytes : counted(bytes);
    if (name === "testInputs") {
      return bytes.replace(
        /^env (.*) ([0-9a-f]{64})\n$/s,
        (_whole, variable: string, sum: string) => `env ${variable} ${hideDigest(sum, hide)}\n`,
      );
    }
    return hideInBlock(name, [bytes], counted).lines[0] ?? bytes;
  }

  /** `inputs:` and a digest over those of all variables that a test reads; what comes out is made of it. */
  function scrubSubkey(line: string): string {
    if (!line.includes('"inputs:')) return hideShapes(line, counted).value;
    return line.replace(/(?<="inputs:|= )[0-9a-f]{64}/g, (sum) => hideDigest(sum, hide));
  }

  function scrubForeign(line: string): string {
    // As -x prints it for the linker; it is quoted as in a key.
    const info = line.endsWith('"') ? line.indexOf('modinfo "') : -1;
    if (info >= 0) return line.slice(0, info) + scrubWrite("build", `${line.slice(info)}\n`).slice(0, -1);
    const defined = line.includes("-X") ? hideDefinitions(line, counted) : line;
    let text = hideInText(defined, counted).value;
    // What was found in a key stands in the command that -x prints too, perhaps in a form that no rule knows.
    for (const value of values) {
      if (value.length >= shortestKnown && text.includes(value)) text = text.replaceAll(value, hide(value));
    }
    return text;
  }

  function takeLine(raw: string): void {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line.startsWith("HASH")) write(`${scrubLine(line)}\n`);
    else stripper.take(line);
  }

  return {
    get hidden() {
      return values.size;
    },
    push(chunk) {
      const text = pending + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
      let from = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
        takeLine(text.slice(from, end));
        from = end + 1;
      }
      pending = text.slice(from);
    },
    end() {
      if (pending !== "") takeLine(pending);
      pending = "";
      stripper.end();
    },
  };
}

/** In `getenv`: the salt, and one byte that says whether the variable was set (test/test.go hashGetenv, Go 1.21–1.27). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: such a byte is what stands there
const notTheValue = /^(?:go1\.\S{1,40}|devel .*|[\x00\x01]?)$/;

/** A shorter value may stand in a line by chance. */
const shortestKnown = 6;

/**
 * Values of `-X name=value` in a command as a shell or `-x` prints it. Where a quote begins before the flag or the name, the value goes
 * on to its end: too much is hidden there rather than too little.
 */
function hideDefinitions(line: string, hide: Hide): string {
  return line.replace(
    /(["'`]?)(-X(?:=|\s+))(["'`]?)([\w./%~+@-]+=)("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g,
    (whole, outer: string, flag: string, inner: string, name: string, word: string, at: number) => {
      const sign = inner || outer;
      const from = at + outer.length + flag.length + inner.length + name.length;
      const close = sign === "" ? -1 : line.indexOf(sign, from);
      const value = close < 0 || close > from + word.length ? word : line.slice(from, close);
      const bare = value.replace(/^(["'`\\]+)|(["'`\\]+)$/g, "");
      // `runtime.godebugDefault=…` is of Go's own making.
      if (bare === "" || name.startsWith("runtime.") || isHarmlessValue(bare)) return whole;
      return whole.slice(0, whole.length - word.length) + word.replace(bare, () => hide(bare));
    },
  );
}
