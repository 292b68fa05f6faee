import { createHmac } from "node:crypto";
import { quote, quoteList, splitQuotedWords, takeQuoted, unquoteInner } from "../util/go-quote.ts";

/** Makes the token that stands for a value: equal values get equal tokens, and the value can't be had from it. */
export type Hide = (value: string) => string;

/** Tokens by a keyed hash: equal values compare equal under one key, and nowhere else. */
export function createHide(key: Uint8Array): Hide {
  return (value) =>
    `<hidden:${createHmac("sha256", key).update(value, "latin1").digest("hex").slice(0, 12)}>`;
}

export interface Hidden<T> {
  readonly value: T;
  readonly hidden: number;
}

/**
 * Takes the secrets out of a block's lines: `-X name=value` of the linker (unless the value looks like a version,
 * a commit or a date), the userinfo and query of URLs, values of variables that a test reads. A line that holds
 * none is given back as it is.
 */
export function hideInBlock(
  name: string,
  lines: readonly string[],
  hide: Hide,
): { lines: readonly string[]; hidden: number } {
  let hidden = 0;
  const out = lines.map((line, index) => {
    // The salt; whether the variable was set (1) or not (0), as one byte; the value.
    if (name === "getenv") {
      if (index < 2) return line;
      hidden++;
      return hide(line);
    }
    const found = hideInLine(line, hide);
    hidden += found.hidden;
    return found.value;
  });
  return { lines: hidden === 0 ? lines : out, hidden };
}

function hideInLine(line: string, hide: Hide): Hidden<string> {
  const isModinfo = line.startsWith('modinfo "');
  if (isModinfo && line.includes("-ldflags=")) {
    const text = unquoteInner(line.slice(9, -2));
    if (text !== null) {
      const { value, hidden } = hideInModinfo(text, hide);
      return hidden === 0 ? { value: line, hidden } : { value: `modinfo ${quote(value)}\n`, hidden };
    }
  }
  if (line.startsWith("linkflags [")) {
    const list = takeQuoted(line.slice("linkflags ".length));
    if (list !== null) {
      const found = hideInLinkWords(list.values, hide);
      return found.hidden === 0
        ? { value: line, hidden: 0 }
        : { value: `linkflags ${quoteList(found.value)}${list.rest}`, hidden: found.hidden };
    }
  }
  return line.includes("://") ? hideInText(line, hide) : { value: line, hidden: 0 };
}

function hideInModinfo(text: string, hide: Hide): Hidden<string> {
  let hidden = 0;
  const entries = text.split("\n").map((entry) => {
    const prefix = "build\t-ldflags=";
    if (!entry.startsWith(prefix)) {
      const found = hideInText(entry, hide);
      hidden += found.hidden;
      return found.value;
    }
    const raw = entry.slice(prefix.length);
    const quoted = takeQuoted(raw);
    const found = hideInFlagText(quoted?.values[0] ?? raw, hide);
    hidden += found.hidden;
    if (found.hidden === 0) return entry;
    return prefix + (quoted === null ? found.value : quote(found.value));
  });
  return { value: entries.join("\n"), hidden };
}

/** The text of `-ldflags`: its `-X` values and URLs are hidden, everything else stays. */
export function hideInFlagText(text: string, hide: Hide): Hidden<string> {
  // `all=-X …`: a package pattern may stand first (load/flag.go).
  const pattern = /^\s*[^-\s'"][^=]*=/.exec(text)?.[0] ?? "";
  if (pattern !== "") {
    const rest = hideInFlagText(text.slice(pattern.length), hide);
    return { value: pattern + rest.value, hidden: rest.hidden };
  }
  const words = splitQuotedWords(text);
  const found: Hidden<readonly string[]> =
    words === null
      ? { value: [text.includes("-X") ? hide(text) : text], hidden: text.includes("-X") ? 1 : 0 }
      : hideInLinkWords(words, hide);
  if (found.hidden > 0) {
    return {
      value: found.value.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(" "),
      hidden: found.hidden,
    };
  }
  return hideInText(text, hide);
}

/** The linker's words one by one; a definition follows `-X` or stands in the same word. */
export function hideInLinkWords(words: readonly string[], hide: Hide): Hidden<readonly string[]> {
  let hidden = 0;
  let definition = false;
  const value = words.map((word) => {
    const inline = /^--?X=/.exec(word)?.[0];
    const isDefinition = definition || inline !== undefined;
    definition = !isDefinition && /^--?X$/.test(word);
    if (!isDefinition) {
      const found = hideInText(word, hide);
      hidden += found.hidden;
      return found.value;
    }
    const text = inline === undefined ? word : word.slice(inline.length);
    const split = text.indexOf("=");
    const defined = text.slice(split + 1);
    if (split < 0 || defined === "" || isHarmlessValue(defined)) return word;
    hidden++;
    return `${inline ?? ""}${text.slice(0, split)}=${hide(defined)}`;
  });
  return { value, hidden };
}

/** A version, a commit or a date: what `-X` is made for, and what a reader wants to see. */
export function isHarmlessValue(value: string): boolean {
  return (
    /^v?\d+(\.\d+){0,3}([-+][0-9A-Za-z.+-]{1,40})?$/.test(value) ||
    /^[0-9a-f]{7,12}$/.test(value) ||
    /^[0-9a-f]{40}$/.test(value) ||
    /^\d{4}-\d{2}-\d{2}([T _]\d{2}:?\d{2}(:?\d{2})?(\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(value) ||
    /^(dev|devel|unknown|none|true|false|main|master|dirty|clean)$/.test(value)
  );
}

/** Scheme, userinfo up to the last `@` of the authority, what follows up to another URL, query. */
const urls =
  /(\b[a-z][a-z0-9+.-]*:\/\/)(?:([^\s"'/?#\\]+)@)?((?:(?!\b[a-z][a-z0-9+.-]*:\/\/)[^\s"'?#\\])*)(?:\?([^\s"'#\\]+))?/gi;

/** Userinfo and query of every URL in a text. */
export function hideInText(text: string, hide: Hide): Hidden<string> {
  if (!text.includes("://")) return { value: text, hidden: 0 };
  let hidden = 0;
  const secret = (value: string | undefined, before: string, after: string): string => {
    if (value === undefined) return "";
    hidden++;
    return before + hide(value) + after;
  };
  const value = text.replace(
    urls,
    (_all, scheme: string, userinfo: string | undefined, address: string, query: string | undefined) =>
      `${scheme}${secret(userinfo, "", "@")}${address}${secret(query, "?", "")}`,
  );
  return { value, hidden };
}
