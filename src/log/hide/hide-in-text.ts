import { findKnownSecrets, type Range } from "./known-secrets.ts";
import { isSecretName } from "./secret-name.ts";
import { findSecretShapes } from "./secret-shapes.ts";
import { type Hidden, type Hide, isToken } from "./token.ts";
import { looksRandom } from "./value-looks.ts";

/**
 * A text without its secrets: userinfo and query of URLs, what secretlint's rules and our own shapes know, and values behind
 * names such as `password` (`DB_PASSWORD=…`, `apiKey: "…"`, `--token …`). What is replaced is only ever a part of a line of
 * `name = value`, or the secret itself; tokens that stand in the text already are left.
 *
 * Takes a line, a message or a whole file, as text or as a byte string: 64 KB of Go source take 6 to 10 ms (Node 20, a busy machine). Synchronous.
 */
export function hideInText(text: string, hide: Hide): Hidden<string> {
  const found = findInAnyText(text);
  // A query is hidden as a whole; what follows it (`#part`) is no part of its last value.
  const inUrls = findInUrls(text);
  const isInUrl = ([start]: Range): boolean => inUrls.some(([from, to]) => from <= start && start < to);
  return replace(text, [...found, ...findAssigned(text).filter((range) => !isInUrl(range))], hide);
}

/**
 * As `hideInText`, without the rule for names: for text of Go's own making, in which `go/token=…` is a package and its ID, and
 * for paths.
 */
export function hideShapes(text: string, hide: Hide): Hidden<string> {
  return replace(text, findInAnyText(text), hide);
}

function findInAnyText(text: string): Range[] {
  return [...findInUrls(text), ...findKnownSecrets(text), ...findSecretShapes(text)];
}

/** Scheme, userinfo up to the last `@` of the authority, what follows up to another URL, query. */
const urls =
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)(?:([^\s"'`/?#\\]+)@)?((?:(?!\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s"'`?#\\])*)(?:\?([^\s"'`#\\]+))?/gi;

function findInUrls(text: string): Range[] {
  if (!text.includes("://")) return [];
  const found: Range[] = [];
  for (const match of text.matchAll(urls)) {
    const [, scheme = "", userinfo, address = "", query] = match;
    const from = match.index + scheme.length;
    if (userinfo !== undefined) found.push([from, from + userinfo.length]);
    if (query === undefined) continue;
    const at = from + (userinfo === undefined ? 0 : userinfo.length + 1) + address.length + 1;
    found.push([at, at + query.length]);
  }
  return found;
}

/** What stands in front of a value: `name=`, `name = `, `name: `, `"name": `, `--name `. */
const assigned = /([A-Za-z_][\w.-]{1,80})(["']?)( {0,8}(?:=>|:=|=|:) {0,8}| (?=[^\s-]))/g;

/** A value in quotes, with or without its last one, or up to a blank; as much of it as tells whether it is one. */
const assignedValue =
  /"(?:[^"\\\n]|\\.){0,2000}"?|'[^'\n]{0,2000}'?|`[^`]{0,2000}`?|[^\s"'`,;|&)}\]]{1,2000}/y;

/** The rest of a value, by the quote that it stands in. */
const restOfValue: Readonly<Record<string, RegExp>> = {
  '"': /(?:[^"\\\n]|\\.)*/y,
  "'": /[^'\n]*/y,
  "`": /[^`]*/y,
  "": /[^\s"'`,;|&)}\]]*/y,
};

/** One look at a text before each of its names is taken apart. */
const mayName =
  /pass|pwd|pw\b|secret|token|key|cred|auth|bearer|cookie|pin|otp|jwt|dsn|webhook|netrc|htpasswd|sas/i;

function findAssigned(text: string): Range[] {
  if (!mayName.test(text)) return [];
  const found: Range[] = [];
  for (const match of text.matchAll(assigned)) {
    const [whole, name = "", quote = "", sign = ""] = match;
    if (!mayName.test(name) || !isSecretName(name)) continue;
    const start = match.index + whole.length;
    // Within what is hidden already.
    if (start < (found.at(-1)?.[1] ?? 0)) continue;
    assignedValue.lastIndex = start;
    const raw = assignedValue.exec(text)?.[0] ?? "";
    const isQuoted = /^["'`]/.test(raw);
    const isClosed = isQuoted && raw.length > 1 && raw.endsWith(raw.charAt(0));
    const inner = isQuoted ? raw.slice(1, isClosed ? -1 : undefined) : raw;
    if (inner === "" || /^(true|false|null|nil|none|0|1|""|'')$/i.test(inner)) continue;
    if (!isQuoted && !isLiteral(text, match.index, sign, raw, start, quote)) continue;
    const from = start + (isQuoted ? 1 : 0);
    found.push([
      from,
      isClosed ? from + inner.length : endOfValue(text, from, isQuoted ? raw.charAt(0) : ""),
    ]);
  }
  return found;
}

function endOfValue(text: string, from: number, quote: string): number {
  const rest = restOfValue[quote];
  if (rest === undefined) return from;
  rest.lastIndex = from;
  return from + (rest.exec(text)?.[0].length ?? 0);
}

/** Whether a value without quotes is one, and no code: `token := lexer.Next()`, `Token: tok,`, `the token was`. */
function isLiteral(
  text: string,
  nameAt: number,
  sign: string,
  raw: string,
  start: number,
  quote: string,
): boolean {
  // The program's variable is what a shell or make file names, not its value.
  if (/^\$[({\w]/.test(raw) || raw.startsWith("%")) return false;
  if (sign === " ") return text.slice(Math.max(0, nameAt - 2), nameAt).endsWith("-") && quote === "";
  const operator = sign.trim();
  if (operator === "=" && sign === "=") return raw !== "=" && !raw.startsWith("=");
  if (looksRandom(raw)) return true;
  if (operator === ":=" || operator === "=>" || /[()[\]{}]/.test(raw) || raw.startsWith("=")) return false;
  // `name: value` and `name = value` of a settings file end their line; code has a comma, a call or an operator.
  const rest = text.slice(start + raw.length, start + raw.length + 2);
  return sign !== ":" && /^\s*(\r?\n|$)/.test(rest) && !/^(string|bool|int|\*?\w+\.[A-Z]\w*)$/.test(raw);
}

/** Every range of the text by a token; ranges that touch or overlap are one secret. */
function replace(text: string, found: readonly Range[], hide: Hide): Hidden<string> {
  if (found.length === 0) return { value: text, hidden: 0 };
  const sorted = [...found].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const merged: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  let value = "";
  let at = 0;
  let hidden = 0;
  for (const [start, end] of merged) {
    const secret = text.slice(start, end);
    value += text.slice(at, start);
    at = end;
    if (secret === "" || isToken(secret)) {
      value += secret;
      continue;
    }
    hidden++;
    value += hide(secret);
  }
  return { value: value + text.slice(at), hidden };
}
