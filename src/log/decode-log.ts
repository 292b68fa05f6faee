import { TextDecoder } from "node:util";
import { gunzipSync } from "node:zlib";
import { unzipTexts } from "./unzip-texts.ts";

/** Takes the bytes of a log as its parser wants them. */
export interface LogSink {
  push(bytes: Uint8Array): void;
  /** What comes now is another log: a file of an archive. */
  cut(): void;
}

export interface LogDecoder {
  /** Takes the next bytes of the file, cut anywhere. */
  push(chunk: Uint8Array): void;
  /** @returns one line that says why the bytes can't be read; null where they were */
  end(): string | null;
}

/** Compressed logs are unpacked in memory, up to so many bytes; larger ones can be unpacked by hand, and are streamed then. */
export const unpackLimit = 512 << 20;

/**
 * Turns the bytes of a file into those of a log: gzip and the archives that GitHub gives are unpacked, UTF-16 (which PowerShell's
 * `2>` writes) becomes UTF-8. Anything else is handed on as it comes.
 */
export function createLogDecoder(sink: LogSink): LogDecoder {
  let form: Form | "unknown" = "unknown";
  let decoder: TextDecoder | null = null;
  const kept: Buffer[] = [];

  function push(chunk: Uint8Array): void {
    if (form === "plain") {
      sink.push(chunk);
      return;
    }
    if (decoder !== null) {
      sink.push(Buffer.from(decoder.decode(chunk, { stream: true })));
      return;
    }
    kept.push(Buffer.from(chunk));
    if (form === "unknown") settle();
  }

  /** Four bytes tell the form. */
  function settle(): void {
    const head = kept.length === 1 && kept[0] !== undefined ? kept[0] : Buffer.concat(kept);
    if (head.length < 4) return;
    const found = formOf(head);
    form = found;
    if (found === "gzip" || found === "zip") return;
    kept.length = 0;
    if (found !== "plain") decoder = new TextDecoder(found);
    push(head);
  }

  function end(): string | null {
    if (form === "gzip")
      return unpack(() =>
        pushInPieces(gunzipSync(Buffer.concat(kept.splice(0)), { maxOutputLength: unpackLimit }), sink),
      );
    if (form === "zip") {
      return unpack(() => {
        for (const bytes of unzipTexts(Buffer.concat(kept), unpackLimit)) {
          sink.cut();
          pushInPieces(bytes, sink);
          sink.push(lineEnd);
        }
      });
    }
    for (const bytes of kept.splice(0)) sink.push(bytes);
    if (decoder !== null) sink.push(Buffer.from(decoder.decode()));
    return null;
  }

  return { push, end };
}

/** A parser makes a text of what it gets at once, which takes as much memory again. */
function pushInPieces(bytes: Buffer, sink: LogSink): void {
  for (let at = 0; at < bytes.length; at += pieceSize) sink.push(bytes.subarray(at, at + pieceSize));
}

const pieceSize = 1 << 18;

const lineEnd = Buffer.from("\n");

function unpack(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      return `it unpacks to more than ${unpackLimit >> 20} MB: unpack it first, and give the log itself`;
    }
    return "it is compressed, and damaged or cut off: fetch it again";
  }
}

type Form = "plain" | "gzip" | "zip" | "utf-16le" | "utf-16be";

function formOf(head: Buffer): Form {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) return "zip";
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[1] === 0 && head[3] === 0)) return "utf-16le";
  if ((head[0] === 0xfe && head[1] === 0xff) || (head[0] === 0 && head[2] === 0)) return "utf-16be";
  return "plain";
}
