import type { CacheExchange, CacheFlaw, CacheNotes, CacheTraceEnd } from "../../model/cache-trace.ts";
import { type Digest, isDigest } from "../../model/ids.ts";

/** One line of the note file. */
export type Note =
  | { readonly commands: readonly string[] }
  | CacheExchange
  | { readonly end: CacheTraceEnd; readonly status: number | string | null };

/** Pairs requests with their answers, as both pass. */
export interface ExchangeNotes {
  request(text: string | null): void;
  reply(text: string | null): void;
  /**
   * Notes what was never answered, and how it ended.
   * @param goIsGone go had closed its side, without a word, before the program ended
   */
  finish(status: number | string | null, goIsGone: boolean): void;
}

/** What an error's text is cut to. */
const mostErrorText = 300;

/**
 * @param note gets each exchange when it is over
 * @param nowMs milliseconds since the epoch, with fractions
 * @param fileSize of a regular file; null where there is none
 */
export function createExchangeNotes(
  note: (note: Note) => void,
  nowMs: () => number,
  fileSize: (path: string) => number | null,
): ExchangeNotes {
  const open = new Map<number, Request & { readonly startMs: number }>();
  let isClosing = false;
  let isBroken = false;
  let isAnswered = false;

  return {
    request(text) {
      const request = readObject<Request>(text);
      if (request === null || typeof request.ID !== "number") return;
      if (request.Command === "close") isClosing = true;
      open.set(request.ID, { ...request, startMs: nowMs() });
    },
    reply(text) {
      const reply = replyIn(text);
      if (reply === null) {
        isBroken = true;
        return;
      }
      if (reply.ID === 0 && !isAnswered) {
        isAnswered = true;
        const known = Array.isArray(reply.KnownCommands) ? reply.KnownCommands : [];
        note({ commands: known.filter((word) => typeof word === "string").map((word) => word.slice(0, 40)) });
        return;
      }
      const request = open.get(reply.ID);
      if (request === undefined) {
        isBroken = true;
        return;
      }
      open.delete(reply.ID);
      if (request.Command !== "close") note(exchangeOf(request, reply, nowMs() - request.startMs, fileSize));
    },
    finish(status, goIsGone) {
      for (const request of open.values())
        if (request.Command !== "close") note(exchangeOf(request, null, null, fileSize));
      open.clear();
      const end = isClosing ? "closed" : isBroken ? "no-answer" : goIsGone ? "go-ended" : "program-ended";
      note({ end, status });
    },
  };
}

/** The names of the protocol (cmd/go/internal/cacheprog Request and Response, Go 1.24–1.27); bytes are base64. */
interface Request {
  readonly ID: number;
  readonly Command?: string;
  readonly ActionID?: string;
  readonly OutputID?: string;
  readonly BodySize?: number;
}

interface Reply {
  readonly ID: number;
  readonly Err?: string;
  readonly KnownCommands?: readonly string[];
  readonly Miss?: boolean;
  readonly OutputID?: string;
  /** RFC 3339. */
  readonly Time?: string;
  readonly Size?: number;
  readonly DiskPath?: string;
}

/** Go takes the names of fields in any case (encoding/json), and programs are not all written in Go. */
function replyIn(text: string | null): Reply | null {
  const object = readObject<Readonly<Record<string, unknown>>>(text);
  if (object === null) return null;
  const fields = new Map(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]));
  const names = ["ID", "Err", "KnownCommands", "Miss", "OutputID", "Time", "Size", "DiskPath"] as const;
  const reply = Object.fromEntries(
    names.flatMap((name) => {
      const value = object[name] ?? fields.get(name.toLowerCase());
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
  return { ID: 0, ...reply } as Reply;
}

/** Null for what is no object. */
function readObject<Message>(text: string | null): Message | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Message) : null;
  } catch {
    return null;
  }
}

function exchangeOf(
  request: Request & { readonly startMs: number },
  reply: Reply | null,
  ms: number | null,
  fileSize: (path: string) => number | null,
): CacheExchange {
  const isGet = request.Command === "get";
  const result = resultOf(isGet, reply);
  const flaw = result === "hit" && reply !== null ? flawOf(reply, fileSize) : null;
  return {
    command: String(request.Command ?? "").slice(0, 40),
    actionId: digestIn(request.ActionID),
    result,
    ...(result === "error" ? { error: String(reply?.Err).slice(0, mostErrorText) } : {}),
    ...(flaw === null ? {} : { flaw }),
    ...(result === "hit" || result === "done"
      ? outputOf(isGet ? reply?.OutputID : request.OutputID, reply)
      : {}),
    bytes: sizeOf(isGet ? (result === "hit" ? reply?.Size : 0) : request.BodySize),
    startMs: request.startMs,
    seconds: ms === null ? null : Math.max(0, ms) / 1000,
  };
}

function outputOf(
  id: string | undefined,
  reply: Reply | null,
): Pick<CacheExchange, "outputId" | "path" | "putAtMs"> {
  const outputId = digestIn(id);
  const path = reply?.DiskPath;
  const putAtMs = Date.parse(String(reply?.Time ?? ""));
  return {
    ...(outputId === null ? {} : { outputId }),
    ...(typeof path === "string" && path !== "" ? { path } : {}),
    ...(Number.isNaN(putAtMs) ? {} : { putAtMs }),
  };
}

function digestIn(base64: string | undefined): Digest | null {
  const text = Buffer.from(String(base64 ?? ""), "base64").toString("hex");
  return isDigest(text) ? text : null;
}

function resultOf(isGet: boolean, reply: Reply | null): CacheExchange["result"] {
  if (reply === null) return "none";
  if (reply.Err) return "error";
  if (!isGet) return "done";
  return reply.Miss === true ? "miss" : "hit";
}

function flawOf({ DiskPath, Size }: Reply, fileSize: (path: string) => number | null): CacheFlaw | null {
  if (typeof DiskPath !== "string" || DiskPath === "") return "no-path";
  const size = fileSize(DiskPath);
  if (size === null) return "no-file";
  return size === sizeOf(Size) ? null : "other-size";
}

function sizeOf(size: unknown): number {
  return Number.isSafeInteger(size) && (size as number) > 0 ? (size as number) : 0;
}

/**
 * What a note file holds. A last line that was cut is left out; a file without its end tells of a tracer that was killed.
 */
export function parseNotes(text: string): CacheNotes {
  let commands: readonly string[] | null = null;
  let end: CacheTraceEnd = "unknown";
  let status: number | string | null = null;
  const exchanges: CacheExchange[] = [];
  for (const line of text.split("\n")) {
    const note = line === "" ? null : readObject<Note>(line);
    if (note === null) continue;
    if ("commands" in note) commands = note.commands;
    else if ("end" in note) ({ end, status } = note);
    else exchanges.push(note);
  }
  return { commands, exchanges, end, status };
}
