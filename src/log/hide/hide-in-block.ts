import { quote, quoteList, takeQuoted, unquoteInner } from "../../util/go-quote.ts";
import { hideInText, hideShapes } from "./hide-in-text.ts";
import { hideInFlagText, hideInLinkText, hideInLinkWords, hideInWords } from "./hide-in-words.ts";
import type { Hidden, Hide } from "./token.ts";

/**
 * Takes the secrets out of a block's lines (byte strings, as in `Block.lines`): values of `-X` that are no version, commit or
 * date, definitions and arguments that look like secrets, userinfo and query of URLs, tokens of known shapes, values of
 * variables that a test reads. A line that holds none is given back as it is.
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
    const found = hideInKnownLine(line, hide);
    hidden += found.hidden;
    return found.value;
  });
  return { lines: hidden === 0 ? lines : out, hidden };
}

/** A build has its lines many times over, in each package, and two runs have most alike: each is looked at once. */
const mostKnown = 100_000;
/** Lines that hold no secret, whoever hides it. */
const plain = new Set<string>();
/** Lines that hold one. */
const hiding = new WeakMap<Hide, Map<string, Hidden<string>>>();

function hideInKnownLine(line: string, hide: Hide): Hidden<string> {
  if (plain.has(line)) return { value: line, hidden: 0 };
  const known = hiding.get(hide) ?? new Map<string, Hidden<string>>();
  hiding.set(hide, known);
  const earlier = known.get(line);
  if (earlier !== undefined) return earlier;
  const found = hideInLine(line, hide);
  if (found.hidden === 0) withRoom(plain).add(line);
  else withRoom(known).set(line, found);
  return found;
}

/** What is known is held for as long as the process runs: past a size it begins anew. */
function withRoom<T extends Set<string> | Map<string, unknown>>(known: T): T {
  if (known.size >= mostKnown) known.clear();
  return known;
}

/** A name and a digest or an ID, 20 characters, two of them or none: nothing else in them is the user's. */
const nameAndId = /^(?:file|import|packagefile|packageshlib|vetout|dep) /;

function hideInLine(line: string, hide: Hide): Hidden<string> {
  // The raw bytes of an action ID.
  if (line.startsWith('pkg "')) return { value: line, hidden: 0 };
  if (nameAndId.test(line)) return hideShapes(line, hide);
  if (line.startsWith('modinfo "')) return hideInModinfo(line, hide);
  if (line.includes(' ["') || line.includes('=["')) return hideInLists(line, hide);
  const quoted = line.indexOf('"');
  if (quoted >= 0 && line.includes("\\", quoted)) return hideInQuoted(line, quoted, hide);
  // `magic NAME=VALUE`, `GO_EXTLINK_ENABLED=…`
  return /^(?:magic |[A-Z_0-9]+=)/.test(line) ? hideInText(line, hide) : hideShapes(line, hide);
}

/** Lists of words, as Go writes them in `CC=`, `compile`, `linkflags`, `vetflags`, `args`, `execcmd`; text between them stays. */
function hideInLists(line: string, hide: Hide): Hidden<string> {
  const hideWords = line.startsWith("linkflags ") ? hideInLinkWords : hideInWords;
  let value = "";
  let hidden = 0;
  let at = 0;
  for (;;) {
    const open = line.indexOf('["', at);
    const list = open < 0 ? null : takeQuoted(line.slice(open));
    const between = hideShapes(line.slice(at, list === null ? undefined : open), hide);
    value += between.value;
    hidden += between.hidden;
    if (list === null) break;
    const found = hideWords(list.values, hide);
    value += found.hidden === 0 ? list.raw : quoteList(found.value);
    hidden += found.hidden;
    at = open + list.raw.length;
  }
  return hidden === 0 ? { value: line, hidden } : { value, hidden };
}

/** A value with escapes: a token behind `\n` has no letter in front of it. */
function hideInQuoted(line: string, at: number, hide: Hide): Hidden<string> {
  const item = takeQuoted(line.slice(at));
  if (item === null) return hideShapes(line, hide);
  const head = hideShapes(line.slice(0, at), hide);
  const text = hideInText(item.values[0] ?? "", hide);
  const rest = hideShapes(item.rest, hide);
  const hidden = head.hidden + text.hidden + rest.hidden;
  if (hidden === 0) return { value: line, hidden };
  return { value: head.value + (text.hidden === 0 ? item.raw : quote(text.value)) + rest.value, hidden };
}

/** The build info of a main package: entries of one line each, escaped once as a whole, values again where they need it. */
function hideInModinfo(line: string, hide: Hide): Hidden<string> {
  const text = line.endsWith('"\n') ? unquoteInner(line.slice('modinfo "'.length, -2)) : null;
  if (text === null) return hideInText(line, hide);
  let hidden = 0;
  const entries = text.split("\n").map((entry) => {
    const found = hideInEntry(entry, hide);
    hidden += found.hidden;
    return found.value;
  });
  if (hidden === 0) return { value: line, hidden };
  return { value: `modinfo ${quote(entries.join("\n"))}\n`, hidden };
}

function hideInEntry(entry: string, hide: Hide): Hidden<string> {
  const found = /^(build\t([^=]+)=)(.*)$/s.exec(entry);
  if (found === null) return hideShapes(entry, hide);
  const [, head = "", name = "", raw = ""] = found;
  const quoted = takeQuoted(raw);
  const isQuoted = quoted !== null && raw.startsWith('"') && quoted.rest === "";
  const text = isQuoted ? (quoted.values[0] ?? "") : raw;
  const hideValue =
    name === "-ldflags" ? hideInLinkText : isWordList.test(name) ? hideInFlagText : hideInText;
  const value = hideValue(text, hide);
  if (value.hidden === 0) return { value: entry, hidden: 0 };
  return { value: head + (isQuoted ? quote(value.value) : value.value), hidden: value.hidden };
}

const isWordList = /^(-gcflags|-asmflags|-gccgoflags|-tags|CGO_\w+)$/;
