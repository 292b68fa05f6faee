import { splitQuotedWords } from "../../util/go-quote.ts";
import { hideInText } from "./hide-in-text.ts";
import { isSecretName } from "./secret-name.ts";
import { type Hidden, type Hide, isToken } from "./token.ts";
import { isHarmlessValue, looksRandom } from "./value-looks.ts";

/**
 * The words of a command or of a flag list (CGO_CFLAGS, GOFLAGS, go's own words, a test's arguments), one by one. The value of
 * a definition (`-DNAME=…`, `NAME=…`) or of a flag (`--token …`) is hidden where its name says that it is a secret or where it
 * looks made by a generator; a flag that holds words itself (`-ldflags`, `-toolexec`) is taken apart.
 */
export function hideInWords(words: readonly string[], hide: Hide): Hidden<readonly string[]> {
  return walk(words, hide, (word, before) => {
    if (before !== null) {
      const holder = flagName(before);
      if (holder === "ldflags") return hideInLinkText(word, hide);
      if (holder !== null && wordHolders.has(holder)) return hideInFlagText(word, hide);
    }
    const holding = /^(--?(\w+)=)(.*)$/s.exec(word);
    if (holding !== null && (holding[2] === "ldflags" || wordHolders.has(holding[2] ?? ""))) {
      const found =
        holding[2] === "ldflags"
          ? hideInLinkText(holding[3] ?? "", hide)
          : hideInFlagText(holding[3] ?? "", hide);
      return { value: `${holding[1]}${found.value}`, hidden: found.hidden };
    }
    return null;
  });
}

/** The linker's words; in `-X name=value` the name stays, and the value only where it is a version, a commit or a date. */
export function hideInLinkWords(words: readonly string[], hide: Hide): Hidden<readonly string[]> {
  return walk(words, hide, (word, before) => {
    if (before !== null && /^--?X$/.test(before)) return hideDefined("", word, hide);
    const inline = /^--?X=/.exec(word)?.[0];
    if (inline !== undefined) return hideDefined(inline, word.slice(inline.length), hide);
    if (before !== null && flagName(before) === "extldflags") return hideInFlagText(word, hide);
    const flags = /^--?extldflags=/.exec(word)?.[0];
    if (flags === undefined) return null;
    const found = hideInFlagText(word.slice(flags.length), hide);
    return { value: flags + found.value, hidden: found.hidden };
  });
}

/** The text of `-ldflags`. */
export function hideInLinkText(text: string, hide: Hide): Hidden<string> {
  return hideInQuotedWords(text, hide, hideInLinkWords);
}

/** The text of any other flag or variable that is a list of words; GOFLAGS among them. */
export function hideInFlagText(text: string, hide: Hide): Hidden<string> {
  return hideInQuotedWords(text, hide, hideInWords);
}

function hideInQuotedWords(text: string, hide: Hide, hideWords: typeof hideInWords): Hidden<string> {
  if (text.trim() === "" || isToken(text)) return { value: text, hidden: 0 };
  // `all=-X …`: a package pattern may stand first (load/flag.go).
  const pattern = /^\s*[^-\s'"=][^\s'"=]*=(?=\s*["']?-)/.exec(text)?.[0] ?? "";
  const words = splitQuotedWords(text.slice(pattern.length));
  // Go refuses what it can't split: nobody needs to read it.
  if (words === null) return { value: hide(text), hidden: 1 };
  const found = hideWords(words, hide);
  return found.hidden === 0
    ? { value: text, hidden: 0 }
    : { value: pattern + found.value.map(quoteWord).join(" "), hidden: found.hidden };
}

/** As `quoted.Join` of Go does it; a word with both quotes can't be written, and was hidden then. */
function quoteWord(word: string): string {
  if (word !== "" && !/[ \t\n\r'"]/.test(word)) return word;
  return word.includes("'") ? `"${word}"` : `'${word}'`;
}

/** Flags whose value is a command line or a list of words. */
const wordHolders = new Set(
  "gcflags asmflags gccgoflags toolexec exec extldflags vettool ldflags args".split(" "),
);

/** The name of a flag that stands without its value. */
function flagName(word: string): string | null {
  return /^--?([A-Za-z][\w.-]*)$/.exec(word)?.[1] ?? null;
}

/** What a list of words has that single words don't: values in the next word, and PEM that was split at its blanks. */
function walk(
  words: readonly string[],
  hide: Hide,
  special: (word: string, before: string | null) => Hidden<string> | null,
): Hidden<readonly string[]> {
  const value: string[] = [];
  let hidden = 0;
  let inPem = false;
  let before: string | null = null;
  for (const word of words) {
    const found: Hidden<string> = inPem
      ? { value: hide(word), hidden: 1 }
      : (special(word, before) ?? hideInWord(word, before, hide));
    if (!inPem && /-----BEGIN\b(?!.*-----END\b)/s.test(word)) inPem = true;
    else if (inPem && /-----END\b/.test(word)) inPem = false;
    if (inPem && found.hidden === 0) {
      value.push(hide(word));
      hidden++;
    } else {
      value.push(found.value);
      hidden += found.hidden;
    }
    before = word;
  }
  // The kind of key and its last dashes stand in words behind `-----END`.
  return { value, hidden };
}

function hideInWord(word: string, before: string | null, hide: Hide): Hidden<string> {
  if (isToken(word)) return { value: word, hidden: 0 };
  const flag = before === null ? null : flagName(before);
  if (flag !== null && !word.startsWith("-") && isSecretName(flag) && !isPlain(word)) {
    return { value: hide(word), hidden: 1 };
  }
  if (flag === "D") return hideAssigned(/^[^=]*=/.exec(word)?.[0] ?? "", word, hide);
  const name = /^[^\s=]+=/.exec(word)?.[0];
  if (name !== undefined) return hideAssigned(name, word, hide);
  if (looksRandom(word) && !word.includes("/")) return { value: hide(word), hidden: 1 };
  return hideInText(word, hide);
}

/** `-DNAME=value`, `--name=value`, `NAME=value`. */
function hideAssigned(name: string, word: string, hide: Hide): Hidden<string> {
  const text = word.slice(name.length);
  const value = text.replace(/^\\?["']|\\?["']$/g, "");
  const bare = name.replace(/^-D(?=[A-Za-z_])/, "").replace(/^.*,/, "");
  if (name === "" || value === "" || isToken(value)) return hideInText(word, hide);
  if (isSecretName(bare) && !isPlain(value)) return { value: name + hide(text), hidden: 1 };
  if (!/buildid=$/i.test(name) && looksRandom(value)) return { value: name + hide(text), hidden: 1 };
  return hideInText(word, hide);
}

/** A word that switches something on or off, or says that there is none. */
function isPlain(value: string): boolean {
  return /^(true|false|none|unknown|dev|on|off|yes|no|0|1)$/i.test(value);
}

function hideDefined(inline: string, text: string, hide: Hide): Hidden<string> {
  const split = text.indexOf("=");
  const defined = text.slice(split + 1);
  const name = text.slice(0, Math.max(split, 0));
  if (split < 0) {
    // No definition: the linker refuses it. It may be a value all the same.
    const found = hideInWord(text, null, hide);
    return { value: inline + found.value, hidden: found.hidden };
  }
  const isShown = isHarmlessValue(defined) && (!isSecretName(name) || isPlain(defined));
  if (defined === "" || isToken(defined) || isShown) return { value: inline + text, hidden: 0 };
  const named = hideInText(name, hide);
  return { value: `${inline}${named.value}=${hide(defined)}`, hidden: 1 + named.hidden };
}
