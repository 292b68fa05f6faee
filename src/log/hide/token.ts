import { createHmac } from "node:crypto";
import { textOf } from "../../util/go-quote.ts";

/** Makes the token that stands for a value: equal values get equal tokens, and the value can't be had from it. */
export type Hide = (value: string) => string;

/** A value without its secrets, and how many were replaced by tokens in it. */
export interface Hidden<T> {
  readonly value: T;
  readonly hidden: number;
}

/**
 * Tokens by a keyed hash: equal values compare equal under one key, and nowhere else. A value as a byte string and as text
 * has one token.
 * @param key 32 random bytes, of a history (`History.key`) or of one process
 * @param known is told each token's value, for the one process that may show it; nothing keeps it
 */
export function createHide(key: Uint8Array, known?: Map<string, string>): Hide {
  return (value) => {
    if (isToken(value)) return value;
    const token = `<hidden:${keyed(key, asText(value)).slice(0, tokenDigits)}>`;
    known?.set(token, value);
    return token;
  };
}

/**
 * Gives every token in a text another one under another key: equal ones stay equal inside what is handed over, and compare
 * with nothing that stayed. For what leaves the history, whose own key must not be able to tell anything about it.
 */
export function createRekey(key: Uint8Array): (text: string) => string {
  return (text) =>
    text.replace(tokens, (token) => `<hidden:${keyed(key, `token ${token}`).slice(0, tokenDigits)}>`);
}

/** 64 hex digits that stand for a digest of Go's from which a short value could be guessed. */
export function hideDigest(digest: string, hide: Hide): string {
  return [0, 1, 2, 3, 4, 5]
    .map((part) => hide(`digest ${part} ${digest}`).slice("<hidden:".length, -1))
    .join("")
    .slice(0, 64);
}

export function isToken(text: string): boolean {
  return wholeToken.test(text);
}

/** The places of the tokens in a text. */
export function tokensIn(text: string): readonly string[] {
  return text.match(tokens) ?? [];
}

/** 48 bits: two of a run's values have one token once in some 10^9 runs, and then only compare equal. */
const tokenDigits = 12;
const wholeToken = /^<hidden:[0-9a-f]{12}>$/;
const tokens = /<hidden:[0-9a-f]{12}>/g;

function keyed(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

/** What is no byte string is text already. */
function asText(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of bytes is what is asked for
  return /[^\x00-\xff]/.test(value) ? value : textOf(value);
}
