import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { quote } from "../../src/util/go-quote.ts";
import type { Secret } from "./secrets.ts";

/** A form in which a secret may stand somewhere, as a byte string. */
interface Trace {
  readonly secret: string;
  readonly form: string;
  readonly bytes: string;
}

/** Each form of each secret: as it is, base64 at its three offsets, hex, of a URL, as `%q` once and twice, Go's digests of it. */
export function tracesOf(secrets: readonly Secret[], goVersion: string): readonly Trace[] {
  return secrets.flatMap(({ name, value, parts }) => [
    ...[...new Set([value, ...parts])]
      .filter((part) => part === value || parts.includes(part))
      .flatMap((part) => (parts.includes(part) ? formsOf(name, part) : [])),
    ...digestsOf(name, value, goVersion),
  ]);
}

/** Which secrets have left a trace in a text or file: one line each; empty where all is well. */
export function findTraces(where: string, content: string | Buffer, traces: readonly Trace[]): string[] {
  const bytes = typeof content === "string" ? content : content.toString("latin1");
  const found = new Map<string, string>();
  for (const { secret, form, bytes: trace } of traces) {
    if (!found.has(secret) && bytes.includes(trace)) found.set(secret, form);
  }
  return [...found].map(([secret, form]) => `${where} has ${secret}: ${form}`);
}

/** All files below a folder, as they are and decompressed. */
export function contentsBelow(
  folder: string,
): readonly { readonly path: string; readonly content: Buffer }[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    // A name is written to the disk like any content.
    const named = { path, content: Buffer.from(path) };
    if (!entry.isFile()) return [named];
    const content = readFileSync(path);
    return [named, { path, content }, ...unpacked(content).map((each) => ({ path, content: each }))];
  });
}

/** What is compressed stands behind one or two lines. */
function unpacked(file: Buffer): readonly Buffer[] {
  const first = file.indexOf(10) + 1;
  const second = file.indexOf(10, first) + 1;
  return [0, first, second].flatMap((at) => {
    try {
      return brotliDecompressSync(file.subarray(at));
    } catch {
      return [];
    }
  });
}

function formsOf(secret: string, value: string): readonly Trace[] {
  const bytes = Buffer.from(value);
  const plain = bytes.toString("latin1");
  const once = quote(plain).slice(1, -1);
  const forms: readonly (readonly [string, string])[] = [
    ["as it is", plain],
    ["%q", once],
    ["%q twice", quote(once).slice(1, -1)],
    ["JSON", Buffer.from(JSON.stringify(value).slice(1, -1)).toString("latin1")],
    ["JSON of bytes", Buffer.from(JSON.stringify(plain).slice(1, -1)).toString("latin1")],
    ["hex", bytes.toString("hex")],
    ["URL", encodeURIComponent(value)],
    ...[0, 1, 2].flatMap((offset) => [
      [`base64 at ${offset}`, inBase64(bytes, offset, "base64")] as const,
      [`base64url at ${offset}`, inBase64(bytes, offset, "base64url")] as const,
    ]),
  ];
  return forms.map(([form, text]) => ({ secret, form, bytes: text }));
}

/** The characters of base64 that depend on the value alone, where so many bytes stand in front of it. */
function inBase64(bytes: Buffer, offset: number, encoding: "base64" | "base64url"): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replace(/=+$/, "");
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

/** SHA-256 of the value, and what Go makes of a variable's: salt, 1, value (test/test.go hashGetenv, Go 1.21–1.27). */
function digestsOf(secret: string, value: string, goVersion: string): readonly Trace[] {
  return ["", `${goVersion}\x01`].flatMap((prefix) => {
    const sum = createHash("sha256").update(prefix).update(value).digest();
    const what = prefix === "" ? "SHA-256" : "Go's digest";
    return [
      { secret, form: `${what}, hex`, bytes: sum.toString("hex") },
      { secret, form: `${what}, short`, bytes: sum.subarray(0, 15).toString("base64url") },
      { secret, form: `${what}, base64`, bytes: sum.toString("base64").slice(0, 40) },
    ];
  });
}
