import { TextDecoder } from "node:util";
import { createUnpacker, type Unpacker } from "./unpack-stream.ts";
import { unzipTexts } from "./unzip-texts.ts";

/** Takes the bytes of a log as its parser wants them. */
export interface LogSink {
  push(bytes: Uint8Array): void;
  /** What comes now is another log: a file of an archive. */
  cut(): void;
}

export interface LogDecoder {
  /** Takes the next bytes of the file, cut anywhere; fulfilled when the next may come. */
  push(chunk: Uint8Array): Promise<void>;
  /** @returns one line that says why the bytes can't be read; null where they were */
  end(): Promise<string | null>;
}

/** Compressed logs are unpacked up to so many bytes: a small file may hold any number. A larger log can be unpacked by hand. */
export const unpackLimit = 512 << 20;

/**
 * Turns the bytes of a file into those of a log: gzip and the archives that GitHub gives are unpacked, UTF-16 (which PowerShell's
 * `2>` writes) becomes UTF-8. Anything else is handed on as it comes.
 */
export function createLogDecoder(sink: LogSink): LogDecoder {
  let form: Form | "unknown" = "unknown";
  let decoder: TextDecoder | null = null;
  let unpacker: Unpacker | null = null;
  let problem: string | null = null;
  /** The beginning, until it tells the form; an archive whole, since its directory is at its end. */
  const kept: Buffer[] = [];

  async function push(chunk: Uint8Array): Promise<void> {
    if (form === "plain") sink.push(chunk);
    else if (decoder !== null) sink.push(Buffer.from(decoder.decode(chunk, { stream: true })));
    else if (unpacker !== null) await unpack(unpacker.write(chunk));
    else {
      kept.push(Buffer.from(chunk));
      if (form === "unknown") await settle();
    }
  }

  /** Four bytes tell the form. */
  async function settle(): Promise<void> {
    const head = kept.length === 1 && kept[0] !== undefined ? kept[0] : Buffer.concat(kept);
    if (head.length < 4) return;
    form = formOf(head);
    if (form === "zip") return;
    kept.length = 0;
    if (form === "gzip") unpacker = createUnpacker(form, unpackLimit, (piece) => sink.push(piece));
    else if (form !== "plain") decoder = new TextDecoder(form);
    await push(head);
  }

  /** The first problem stays, and is told at the end: what comes after it is read to no use. */
  async function unpack(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      problem ??= describeFailure(error as NodeJS.ErrnoException);
    }
  }

  async function end(): Promise<string | null> {
    if (unpacker !== null) await unpack(unpacker.end());
    else if (form === "zip") await unpack(unzip(Buffer.concat(kept.splice(0)), sink));
    for (const bytes of kept.splice(0)) sink.push(bytes);
    if (decoder !== null) sink.push(Buffer.from(decoder.decode()));
    return problem;
  }

  return { push, end };
}

async function unzip(archive: Buffer, sink: LogSink): Promise<void> {
  await unzipTexts(archive, unpackLimit, {
    begin: () => sink.cut(),
    take: (piece) => sink.push(piece),
    // A text need not end its last line.
    end: () => sink.push(lineEnd),
  });
}

const lineEnd = Buffer.from("\n");

function describeFailure({ code }: NodeJS.ErrnoException): string {
  if (code === "ERR_BUFFER_TOO_LARGE") {
    return `it unpacks to more than ${unpackLimit >> 20} MB: unpack it first, and give the log itself`;
  }
  return "it is compressed, and damaged or cut off: fetch it again";
}

type Form = "plain" | "gzip" | "zip" | "utf-16le" | "utf-16be";

function formOf(head: Buffer): Form {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) return "zip";
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[1] === 0 && head[3] === 0)) return "utf-16le";
  if ((head[0] === 0xfe && head[1] === 0xff) || (head[0] === 0 && head[2] === 0)) return "utf-16be";
  return "plain";
}
