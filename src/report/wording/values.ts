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

/** Sizes, times, permissions and entries of files, which need no quotes: `6 bytes → 13 bytes`. Empty as that of `changeText`. */
export function stateChangeText(before: string | null, now: string | null): string {
  if (before === now) return "";
  return `${shortState(before)} → ${shortState(now)}`;
}

function shortState(value: string | null): string {
  return value === null ? "none" : visibleText(shortenMiddle(value, longest));
}

/** One value, shortened in the middle, in quotes where it has spaces, quotes or nothing in it. */
export function valueText(value: string): string {
  return quoted(setsVariable(value) ? shortenLinkFlags(value, longest) : shortenMiddle(value, longest));
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

/** Words in about `width` characters: long ones are shortened, of -ldflags the values; then words in the middle are left out. */
export function shortenWords(words: readonly string[], width: number): string {
  const whole = words.join(" ");
  if (Array.from(whole).length <= width) return whole;
  const short = words.map((word) =>
    setsVariable(word) ? shortenLinkFlags(word, longest) : shortenMiddle(word, longest),
  );
  const size = (some: readonly string[]) => Array.from(some.join(" ")).length;
  let last = short.length;
  let first = short.length;
  // What is named at the end, packages mostly, is as good as a verb.
  while (first > 2 && size([...short.slice(0, first), "…", ...short.slice(last)]) > width) {
    if (last === short.length && last > 3) last--;
    first = Math.min(first - 1, last - 1);
  }
  return first >= last ? short.join(" ") : [...short.slice(0, first), "…", ...short.slice(last)].join(" ");
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
  if (setsVariable(before) || setsVariable(now)) return linkFlagPair(before, now);
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

/** Characters kept of a value that -X sets, and of any other long word beside it. */
const longestPart = 24;

/** Flags that differ, of two long lists of flags; the rest is counted by a …. */
const mostFlags = 3;

/** True for linker flags that give a variable its value: `-s -X main.version=1.2`. */
function setsVariable(flags: string): boolean {
  return linkValue.test(flags);
}

const linkValue = /(?:^|[\s"'=])-X[ =]/;

/** Linker flags in about `width` characters: each `-X` keeps the name of its variable, and as many flags are left out as have no room. */
export function shortenLinkFlags(flags: string, width: number): string {
  const all = linkFlagsOf(flags).map((flag) => shortenFlag(flag, null));
  const whole = all.join(" ");
  if (Array.from(whole).length <= width) return whole;
  // The first variable is named in any case.
  let shown = Math.max(0, all.findIndex(setsVariable)) + 1;
  while (all.slice(0, shown + 1).join(" ").length + 2 <= width) shown++;
  return [...all.slice(0, shown), ...(shown < all.length ? ["…"] : [])].join(" ");
}

/** Two lists of linker flags as far as they differ; one flag before that where one has nothing else to show. */
function linkFlagPair(before: string, now: string): [string, string] {
  const left = linkFlagsOf(before);
  const right = linkFlagsOf(now);
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < shorter - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  if (head > 0 && head + tail === shorter) head--;
  const part = (flags: readonly string[]) => flags.slice(head, flags.length - tail);
  const told = (mine: readonly string[], others: readonly string[]) => {
    const shown = mine.slice(0, mostFlags).map((flag) => shortenFlag(flag, rivalOf(flag, others)));
    const start = head > 0 ? ["…"] : [];
    return [...start, ...shown, ...(tail > 0 || mine.length > mostFlags ? ["…"] : [])].join(" ");
  };
  return [told(part(left), part(right)), told(part(right), part(left))];
}

/** Go splits them at spaces, and takes what stands in quotes for one word; `-X` goes with the word behind it. */
function linkFlagsOf(flags: string): string[] {
  return flags.match(/(?:\S*-X[ =]+)?(?:'[^']*'|"[^"]*"|\S+)/g) ?? [];
}

/** The flag that sets the same variable to another value. */
function rivalOf(flag: string, others: readonly string[]): string | null {
  const name = assignment.exec(flag)?.[1];
  return (
    others.find((other) => name !== undefined && other !== flag && assignment.exec(other)?.[1] === name) ??
    null
  );
}

const assignment = /^((?:\S*-X[ =]+)?['"]?(?:-X[ =]+)?[^=\s]+=)(.*)$/s;

function shortenFlag(flag: string, rival: string | null): string {
  const [, name, value = ""] = assignment.exec(flag) ?? [];
  if (name === undefined || !linkValue.test(` ${name}`)) return shortenMiddle(flag, longestPart);
  if (rival === null) return name + shortenMiddle(value, longestPart);
  return name + shortenPair(value, assignment.exec(rival)?.[2] ?? "", longestPart)[0];
}
