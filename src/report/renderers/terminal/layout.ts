import stringWidth from "string-width";
import { shortenMiddle } from "../../wording/values.ts";

/** Columns that a text takes on a terminal: East Asian wide characters and emoji take two, marks on other characters none. */
export function widthOf(text: string): number {
  return isPlain(text) ? text.length : stringWidth(text.replace(markForm, ""));
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e\u00a0→…]*$/.test(text);
}

/**
 * What string-width 4 counts, and terminals draw onto the character before: marks but those that make an emoji, the second and
 * third part of a Hangul syllable, characters without a picture.
 */
const markForm = /(?![\ufe0f\u20e3])[\p{Mn}\p{Me}\u1160-\u11ff\u00ad\u200b\u2060\ufeff]/gu;

/**
 * Text in lines of at most `width` columns, broken at spaces. A word that is wider is shortened around a …, a path so
 * that its last part stays whole where it can.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let columns = 0;
  for (const raw of text.split(breakable)) {
    for (const [at, part] of raw.split(breakMark).entries()) {
      const word = squeeze(part, width);
      const wide = widthOf(word);
      const space = at === 0 && line !== "" ? 1 : 0;
      if (line !== "" && columns + space + wide > width) {
        lines.push(finish(line));
        line = word;
        columns = wide;
      } else {
        line += (space === 1 ? " " : "") + word;
        columns += space + wide;
      }
    }
  }
  lines.push(finish(line));
  return lines;
}

/** Lines below each other; those that continue one stand two columns to the right. */
export function hang(text: string, indent: string, width: number): string[] {
  return wrap(text, width - indent.length - 2).map((line, at) => (at === 0 ? indent : `${indent}  `) + line);
}

function finish(line: string): string {
  return line.replaceAll(glue, " ").trimEnd();
}

/** A number stays with its unit, `status` with its number, -o with its file; so does all that `glued` joined. */
const breakable = /(?<!(?:^| )-o|\bstatus)(?:(?<!\d) | (?!(?:s|min|h)(?:[ ,.;:)]|$)))/;

/** A text that `wrap` does not break. */
export function glued(text: string): string {
  return text.replaceAll(" ", glue);
}

const glue = "\u00a0";

/** A word in at most `width` columns; a path keeps its beginning and its last part. */
export function squeeze(word: string, width: number): string {
  if (widthOf(word) <= width) return word;
  const base = word.slice(word.lastIndexOf("/") + 1);
  const room = width - widthOf(base) - 2;
  if (base !== word && room >= 3) {
    return `${takeColumns(word.slice(0, word.length - base.length - 1), room)}…/${base}`;
  }
  for (let length = width; length > 1; length--) {
    const short = shortenMiddle(word, length);
    if (widthOf(short) <= width) return short;
  }
  return "…";
}

/**
 * Words in at most `width` columns each, so that different words stay different: of those that `squeeze` would make the same, the part
 * in which they differ is shown between two ….
 */
export function squeezeAll(words: readonly string[], width: number): string[] {
  const alike = new Map<string, Set<string>>();
  for (const word of words) {
    const short = squeeze(word, width);
    alike.set(short, (alike.get(short) ?? new Set()).add(word));
  }
  const apart = words.map((word) => {
    const short = squeeze(word, width);
    const rivals = [...(alike.get(short) ?? [])];
    return rivals.length < 2 ? short : squeezeApart(word, rivals, width);
  });
  return numbered(words, apart, width);
}

/** What no part of theirs could tell apart (two pairs that differ in the same letters) has its number in the list behind it. */
function numbered(words: readonly string[], shown: readonly string[], width: number): string[] {
  const firstOf = new Map<string, string>();
  return shown.map((text, at) => {
    const word = words[at] ?? text;
    if (firstOf.get(text) === undefined) firstOf.set(text, word);
    if (firstOf.get(text) === word) return text;
    const number = `#${words.indexOf(word) + 1}`;
    return `${takeColumns(text, width - number.length)}${number}`;
  });
}

/** A word in `width` columns from where it differs from all others on, with some characters before it that say where that is. */
function squeezeApart(word: string, rivals: readonly string[], width: number): string {
  const shared = Math.max(0, ...rivals.map((rival) => (rival === word ? 0 : sharedLength(word, rival))));
  const characters = graphemes(word);
  const tail = takeColumns(characters.slice(Math.max(0, shared - 3)).join(""), width - 2);
  return `…${tail}…`;
}

function sharedLength(one: string, other: string): number {
  const [a, b] = [graphemes(one), graphemes(other)];
  const at = a.findIndex((character, index) => character !== b[index]);
  return at < 0 ? a.length : at;
}

/**
 * Texts of which no two are shortened to the same by `wrap` with this width: long words of theirs that would be are broken behind
 * their slashes instead.
 */
export function keptApart(texts: readonly string[], width: number): string[] {
  const long = new Set(
    texts.flatMap((text) => text.split(breakable)).filter((word) => widthOf(word) > width),
  );
  const shorts = new Map<string, number>();
  for (const word of long) {
    const short = squeeze(word, width);
    shorts.set(short, (shorts.get(short) ?? 0) + 1);
  }
  const isAlike = (word: string) => long.has(word) && (shorts.get(squeeze(word, width)) ?? 0) > 1;
  return texts.map((text) =>
    text
      .split(breakable)
      .map((word) => (isAlike(word) ? word.replaceAll("/", `/${breakMark}`) : word))
      .join(" "),
  );
}

/** A place where `wrap` may go on in the next line without a space: a noncharacter, which no text has. */
const breakMark = "\ufdd0";

/** A text in at most `width` columns, with … for the end that had to go. */
export function cutEnd(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${takeColumns(text, width - 1)}…`;
}

/** Spaces up to `width` columns behind the text. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

function takeColumns(text: string, width: number): string {
  let taken = "";
  for (const character of graphemes(text)) {
    if (widthOf(taken + character) > width) break;
    taken += character;
  }
  return taken;
}

/** The characters as people see them: a letter with its marks is one, and so is an emoji of several people. */
function graphemes(text: string): string[] {
  return isPlain(text) ? text.split("") : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

const segmenter = new Intl.Segmenter("en");
