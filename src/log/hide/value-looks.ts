/**
 * A version, a commit or a date: what `-X` is made for, and what a reader wants to see. A plain number may be a PIN, unless it
 * is shorter than any (`testing.testBinary=1` is Go's own).
 */
export function isHarmlessValue(value: string): boolean {
  return (
    /^\d{1,3}$/.test(value) ||
    isVersion(value) ||
    isCommit(value) ||
    isDate(value) ||
    plainWords.has(value.toLowerCase())
  );
}

/** `v1`, `1.2`, `v1.2.3-rc.1+build.5`, `v0.0.0-20240101000000-abcdef123456`, `1.4.2-7-gabcdef1-dirty` (git describe). */
function isVersion(value: string): boolean {
  const found =
    /^(?:v\d{1,4}|v?\d{1,5}(?:\.\d{1,5}){1,3}|go\d+(?:\.\d+){1,2})((?:[-+.~][0-9A-Za-z]+)*)$/.exec(value);
  return found !== null && value.length <= 80 && (found[1] ?? "").split(/[-+.~]/).every(isVersionPart);
}

/** What may stand behind a version's numbers; any other word could be a secret that was put behind a number. */
function isVersionPart(part: string): boolean {
  return (
    part === "" ||
    /^\d{1,4}$/.test(part) ||
    /^(19|20)\d{6}(\d{6})?$/.test(part) ||
    /^g?[0-9a-f]{7,12}$/.test(part) ||
    /^[0-9a-f]{40}$/.test(part) ||
    /^(alpha|beta|rc|pre|preview|dev|devel|snapshot|dirty|incompatible|build|nightly|next|canary|final|release|ga|m|p|r|x|post|hotfix|linux|darwin|windows|amd64|arm64)\d{0,4}$/i.test(
      part,
    )
  );
}

/** Abbreviated it has digits and letters: else it could be a number or a word. */
function isCommit(value: string): boolean {
  if (/^[0-9a-f]{40}(-dirty)?$/.test(value)) return true;
  return /^[0-9a-f]{7,12}(-dirty)?$/.test(value) && /\d/.test(value) && /[a-f]/.test(value);
}

/** RFC 3339 in its looser forms, and what `date` prints. */
function isDate(value: string): boolean {
  return (
    /^(19|20)\d{2}[-/.]\d{2}[-/.]\d{2}([T _.-]\d{2}[:.-]?\d{2}([:.-]?\d{2})?(\.\d{1,9})?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?$/.test(
      value,
    ) ||
    /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [A-Z][a-z]{2} {1,2}\d{1,2},? (\d{2}:\d{2}:\d{2}( [AP]M)?( [A-Z]{3,4}| [+-]\d{4})?( \d{4})?)$/.test(
      value,
    )
  );
}

const plainWords = new Set(
  "dev devel unknown none true false main master dirty clean local debug release snapshot".split(" "),
);

/**
 * True for text that a generator made rather than a person: 16 characters or more of the base64 or hex alphabets that change
 * between letters of one case, of the other, and digits as chance does it. Words joined by hyphens or humps don't.
 */
export function looksRandom(text: string): boolean {
  const value = text.replace(/=+$/, "");
  if (value.length < 16 || !/^[A-Za-z0-9+/_~.-]+$/.test(value) || isHarmlessValue(value)) return false;
  let changes = 0;
  let digits = 0;
  let kindBefore = 4;
  for (let at = 0; at < value.length; at++) {
    const kind = kindOf(value.charCodeAt(at));
    if (kind === 1) digits++;
    // Behind a hyphen or a dot begins another word.
    if (kind !== 4 && kindBefore !== 4 && kindBefore !== kind) changes++;
    kindBefore = kind;
  }
  // A path or an import path has its words between slashes.
  if (value.split("/").some((part) => /^[a-z]{4,}$/.test(part))) return false;
  return changes >= value.length * (digits > 0 ? 0.25 : 0.45);
}

/** 1 a digit, 2 a capital letter, 3 a small one, 4 anything else. */
function kindOf(code: number): number {
  if (code >= 48 && code <= 57) return 1;
  if (code >= 65 && code <= 90) return 2;
  return code >= 97 && code <= 122 ? 3 : 4;
}
