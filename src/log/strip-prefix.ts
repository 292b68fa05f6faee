/** Takes the lines of a log that do not begin as go's own do. */
export interface PrefixStripper {
  take(line: string): void;
  /** Hands over what waits for the rest of its line. */
  end(): void;
}

/**
 * Finds go's lines behind what CI systems and container tools put in front of them: time stamps, step and pod names, colours,
 * group markers; or inside a JSON object (`go test -json`, docker's json-file). Nothing is known of the single systems, but where
 * a line goes on in the next one: whatever stands before `HASH[` is their business, and a line that was taken wrongly makes
 * a block whose lines do not hash to its digest.
 *
 * Lines are byte strings, without their line end.
 * @param give gets a line of go, which begins with `HASH[`, `HASH subkey `, `HASH /` or `WORK=`, and what stood in front of it; any other line
 *   is given as it is
 */
export function createPrefixStripper(give: (line: string, prefix: string) => void): PrefixStripper {
  /** Stream of a GitLab or container log → a line of it whose rest may come. */
  const waiting = new Map<string, string>();
  /** Source of JSON objects → the beginning of a line that the next object goes on with. */
  const unfinished = new Map<string, string>();

  function take(line: string): void {
    // Every stamp that is known to part lines begins with the year.
    if (line.charCodeAt(0) === 50 /* 2 */ && takeStreamLine(line)) return;
    takeWhole(line);
  }

  /** True where the line is one of a log that says whether it goes on. */
  function takeStreamLine(line: string): boolean {
    const gitlab = gitlabLine.exec(line);
    if (gitlab !== null) {
      const [head, stream = "", sign] = gitlab;
      const text = line.slice(head.length);
      const before = waiting.get(stream);
      if (sign === "+") {
        waiting.set(stream, (before ?? "") + text);
        return true;
      }
      if (before !== undefined) takeWhole(before);
      waiting.set(stream, text);
      return true;
    }
    const container = containerLine.exec(line);
    if (container === null) return false;
    const [head, stream = "", tag] = container;
    const text = (waiting.get(stream) ?? "") + line.slice(head.length);
    waiting.delete(stream);
    if (tag === "P") waiting.set(stream, text);
    else takeWhole(text);
    return true;
  }

  function takeWhole(line: string): void {
    const at = startOf(line);
    const brace = line.indexOf('{"');
    if (brace >= 0 && (at < 0 || brace < at) && mayBeOutput(line) && takeJson(line.slice(brace))) return;
    if (at < 0) give(line, "");
    else give(withoutColourAtEnd(line.slice(at)), line.slice(0, at));
  }

  function takeJson(text: string): boolean {
    const found = outputsOf(text);
    for (const { source, text, goesOn } of found) {
      const lines = ((unfinished.get(source) ?? "") + text).split("\n");
      const last = goesOn ? (lines.pop() ?? "") : "";
      if (last === "") unfinished.delete(source);
      else unfinished.set(source, last);
      for (const line of lines) take(line.endsWith("\r") ? line.slice(0, -1) : line);
    }
    return found.length > 0;
  }

  return {
    take,
    end() {
      const rest = [...unfinished.values(), ...waiting.values()];
      unfinished.clear();
      waiting.clear();
      for (const line of rest) takeWhole(line);
      // JSON that ended in the middle of a line.
      for (const line of unfinished.values()) give(line, "");
      unfinished.clear();
    },
  };
}

/** A line without the colours that are switched off behind it. */
export function withoutColourAtEnd(line: string): string {
  return line.includes("\x1b") ? line.replace(colourAtEnd, "") : line;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const colourAtEnd = /(?:\x1b\[[0-9;]*[A-Za-z]|\s)+$/;

/** GitLab with FF_TIMESTAMPS (Runner 17): `2024-05-14T11:19:20.000000Z 00O+text`; + where it continues the stream's last line. */
const gitlabLine = /^\d{4}-\d\d-\d\dT[\d:.]{8,18}Z ([0-9a-f]{2}[OE])([+ ])/;

/** The container runtime interface's own files: `2024-05-14T11:19:20.000000000Z stderr P text`; P where the line goes on. */
const containerLine = /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d) (stdout|stderr) ([PF])(?::\S+)? /;

/** Where go's own text begins in a line; -1 where there is none, or it is a part of something else (`"HASH[…`, `xHASH[…`). */
function startOf(line: string): number {
  for (const word of ["HASH[", "HASH subkey ", "HASH /", "WORK=/"]) {
    const at = line.indexOf(word);
    // `HASH ` is also how a person may begin to write.
    if (word === "HASH /" && at >= 0 && !fileSum.test(line)) continue;
    if (at === 0 || (at > 0 && ends.test(line.slice(Math.max(0, at - 2), at)))) return at;
    if (at > 0) return -1;
  }
  return -1;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const fileSum = /: [0-9a-f]{64}(?:\x1b\[[0-9;]*[A-Za-z]|\s)*$/;

/**
 * How a prefix ends: in white space (a no-break space too), a bracket, a bar or a colon; in an escape sequence: a colour, a cleared
 * line, a string such as Buildkite's time stamps (ended by BEL or ESC \); in a byte order mark.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const ends = /[\s\xa0\]|:>\x07\x9c\xbf]$|[0-9;[][mK]$|\x1b\\$/;

const mayBeOutput = (line: string): boolean =>
  line.endsWith("}") || line.endsWith("},") || line.endsWith("}]");

/**
 * The members that hold a program's output: test2json and `go build -json`; docker's json-file; CircleCI's and cloud logs; what
 * programs log by logrus and its like, as act does under --json.
 */
const members = ["Output", "log", "message", "msg", "line"] as const;

interface Output {
  /** Whose output it is: a line that is not ended goes on in the next one of the same source. */
  readonly source: string;
  readonly text: string;
  /** False where each object has whole lines, whether they are ended or not. */
  readonly goesOn: boolean;
}

/** The outputs of one JSON object or of several with commas between them; none where there are none, or it is no JSON. */
function outputsOf(text: string): readonly Output[] {
  if (!members.some((name) => text.includes(`"${name}"`))) return [];
  let values: readonly unknown[];
  try {
    const end = text.lastIndexOf("}") + 1;
    values = JSON.parse(`[${Buffer.from(text.slice(0, end), "latin1").toString()}]`);
  } catch {
    return [];
  }
  return values.flatMap((value) => {
    if (typeof value !== "object" || value === null) return [];
    const object = value as Record<string, unknown>;
    const member = members.find((name) => typeof object[name] === "string");
    if (member === undefined) return [];
    // CircleCI parts its messages anywhere; those of others are a line each.
    const isCircle = member === "message" && (object.type === "out" || object.type === "err");
    const goesOn = member === "Output" || member === "log" || isCircle;
    const source = ["Package", "ImportPath", "Test", "stream"]
      .map((name) => String(object[name] ?? ""))
      .join("\n");
    const whole = goesOn ? object[member] : String(object[member]).replace(/\n$/, "");
    return { source, text: Buffer.from(String(whole)).toString("latin1"), goesOn };
  });
}
