/** A long value keeps this many characters where people read it; JSON keeps all. */
const longest = 48;

/** Characters kept on either side of the place where two long values differ. */
const context = 10;

/** Characters kept of the beginning where two values differ far behind it. */
const opening = 12;

/** What stands for a value that is not there. */
export type Absent = "unset" | "none";

/**
 * `gcc → clang`, `"-O2 -g" → "-O1 -g"`, `unset → jsonv2`; two long values are cut to the place where they differ.
 * Empty where neither value is known, or where both read the same (they are hidden).
 */
export function changeText(before: string | null, now: string | null, absent: Absent = "none"): string {
  if (before === now) return "";
  const [shortBefore, shortNow] = shortenPair(before ?? "", now ?? "", longest);
  const left = before === null ? absent : quoted(shortBefore);
  const right = now === null ? absent : quoted(shortNow);
  return `${left} → ${right}`;
}

/** One value, shortened in the middle, in quotes where it has spaces, quotes or nothing in it. */
export function valueText(value: string): string {
  return quoted(shortenMiddle(value, longest));
}

/** True where two values differ in nothing but white space. */
export function differOnlyInSpaces(before: string | null, now: string | null): boolean {
  if (before === null || now === null || before === now) return false;
  return words(before) === words(now);
}

/** At most `width` characters, with one … in the middle where some had to go. */
export function shortenMiddle(text: string, width: number): string {
  const characters = Array.from(text);
  if (characters.length <= width) return text;
  if (width < 2) return "…".slice(0, width);
  const tail = Math.floor((width - 1) / 2);
  const head = width - 1 - tail;
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - tail).join("")}`;
}

/**
 * Text that can do no harm on a terminal or in a line of its own: control characters and those that turn the writing
 * direction are spelled out (`\n`, `\x1b`, `\u202e`).
 */
export function visibleText(text: string): string {
  return text.replace(hostile, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    if (character === "\r") return "\\r";
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

const hostile = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

function quoted(text: string): string {
  const shown = visibleText(text);
  return shown === "" || /[\s"']/.test(shown) ? `"${shown.replaceAll('"', '\\"')}"` : shown;
}

function words(text: string): string {
  return text.split(/\s+/).filter(Boolean).join(" ");
}

function shortenPair(before: string, now: string, width: number): [string, string] {
  const left = Array.from(before);
  const right = Array.from(now);
  if (left.length <= width && right.length <= width) return [before, now];
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < shorter - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  return [cutAround(left, head, tail, width), cutAround(right, head, tail, width)];
}

function cutAround(characters: readonly string[], head: number, tail: number, width: number): string {
  const from = head <= opening + context + 1 ? 0 : head - context;
  const to = tail <= context + 1 ? characters.length : characters.length - tail + context;
  const piece = shortenMiddle(characters.slice(from, to).join(""), width);
  const start = from > 0 ? `${characters.slice(0, opening).join("")}…` : "";
  return `${start}${piece}${to < characters.length ? "…" : ""}`;
}
