import type { Block } from "../log/block.ts";
import { takeQuoted } from "../util/go-quote.ts";

/**
 * One input of an action: the part of its key that one thing outside decides. The texts of a block's segments,
 * joined, are the block's bytes, so a block can be put together again with some inputs as they were before.
 */
export interface Segment {
  /** What it is: `file a.go`, `dir`, `CC.cflags`, `modinfo dep example.com/x`, … Unique in a block. */
  readonly input: string;
  /** Bytes of the block, as a byte string. */
  readonly text: string;
}

/**
 * Cuts a block's lines into its inputs by the forms in which Go writes them (work/exec.go, Go 1.21–1.27; see
 * the table in docs/how-it-works.md). A line that fits no form, as a newer Go may write, is the input
 * `opaque <its first word>`.
 */
export function segmentBlock(block: Block): readonly Segment[] {
  const segments: Segment[] = [];
  const seen = new Map<string, number>();
  const add = (input: string, text: string): void => {
    const count = seen.get(input) ?? 0;
    seen.set(input, count + 1);
    segments.push({ input: count === 0 ? input : `${input} #${count + 1}`, text });
  };
  block.lines.forEach((line, index) => {
    if (index === 0) add("salt", line);
    else segmentLine(line, add);
  });
  return segments;
}

type Add = (input: string, text: string) => void;

function segmentLine(line: string, add: Add): void {
  for (const [form, cut] of forms) {
    const found = form.exec(line);
    if (found === null) continue;
    if (cut(line, found, add)) return;
  }
  add(`opaque ${openingOf(line)}`, line);
}

/** The words of an unknown line by which Go names what follows, so that another value is a change and no other input. */
function openingOf(line: string): string {
  const [name = ""] = /^[^\s="[{(:]*/.exec(line) ?? [];
  return name === "" ? line.slice(0, 60).trimEnd() : name.slice(0, 60);
}

/** Gives false where the line fits the form at first sight only; nothing was added then. */
type Cut = (line: string, found: RegExpExecArray, add: Add) => boolean;

const whole =
  (input: string): Cut =>
  (line, _found, add) => {
    add(input, line);
    return true;
  };

const named =
  (kind: string): Cut =>
  (line, found, add) => {
    add(`${kind} ${found[1]}`, line);
    return true;
  };

/** `HEAD LIST LIST …\n`: the head and each list are inputs of their own. */
const lists =
  (head: string | null, names: readonly string[]): Cut =>
  (line, found, add) => {
    const pieces: [string, string][] = [];
    const start = found[0].length;
    if (head !== null) pieces.push([head, line.slice(0, start)]);
    let rest = line.slice(start);
    let pad = head === null ? line.slice(0, start) : "";
    for (const name of names) {
      if (rest[0] === " ") {
        pad += " ";
        rest = rest.slice(1);
      }
      const item = takeQuoted(rest);
      if (item === null) return false;
      pieces.push([name, pad + item.raw]);
      rest = item.rest;
      pad = "";
    }
    const last = pieces.at(-1);
    if (last === undefined) return false;
    last[1] += rest;
    if (rest.length > 1 && !rest.startsWith(" ")) return false;
    for (const [input, text] of pieces) add(input, text);
    return true;
  };

const forms: readonly (readonly [RegExp, Cut])[] = [
  [/^file (.*) \S*\n$/s, named("file")],
  [/^import (\S+) \S*\n$/, named("import")],
  [/^packagefile (.+)=\S*\n$/s, named("packagefile")],
  [/^packagemain /, whole("packagemain")],
  [/^packageshlib (.+)=\S*\n$/s, named("packageshlib")],
  [/^(compile|link)\n$/, whole("form")],
  [/^dir /, whole("dir")],
  [
    /^module (.*)@(.*)\n$/s,
    (line, found, add) => {
      const split = `module ${found[1]}@`.length;
      add("module path", line.slice(0, split));
      add("module version", line.slice(split));
      return true;
    },
  ],
  [/^go [\d.]*\w*\n$/, whole("go line")],
  [
    /^goos (\S*) goarch \S*\n$/,
    (line, found, add) => {
      const split = `goos ${found[1]}`.length;
      add("goos", line.slice(0, split));
      add("goarch", line.slice(split));
      return true;
    },
  ],
  [
    /^buildmode (\S*) goos (\S*) goarch \S*\n$/,
    (line, found, add) => {
      const mode = `buildmode ${found[1]}`.length;
      const goos = mode + ` goos ${found[2]}`.length;
      add("buildmode", line.slice(0, mode));
      add("goos", line.slice(mode, goos));
      add("goarch", line.slice(goos));
      return true;
    },
  ],
  [/^import "/, whole("package path")],
  [
    /^omitdebug (\S+) /,
    (line, found, add) => {
      const split = found[0].length;
      add("omitdebug", line.slice(0, split));
      add("package kind", line.slice(split));
      return true;
    },
  ],
  [/^defaultgodebug /, whole("defaultgodebug")],
  [/^trimpath\n$/, whole("trimpath")],
  [/^forcelibrary\n$/, whole("forcelibrary")],
  [/^cgo "/, whole("cgo tool")],
  [/^CC=/, lists(null, ["CC", "CGO_CPPFLAGS", "CGO_CFLAGS", "CGO_LDFLAGS"])],
  [/^CXX=/, lists(null, ["CXX", "CGO_CXXFLAGS"])],
  [/^FC=/, lists(null, ["FC", "CGO_FFLAGS"])],
  [/^(CC|CXX|FC) ID ERROR=/, (line, found, add) => whole(`${found[1]} id error`)(line, found, add)],
  [/^(CC|CXX|FC) ID=/, (line, found, add) => whole(`${found[1]} id`)(line, found, add)],
  [/^cover /, lists(null, ["cover mode", "cover tool"])],
  [/^fuzz /, whole("fuzz")],
  [/^modinfo "/, (line, _found, add) => segmentModinfo(line, add)],
  [/^compile (?:[^["]|"[^"]*")*?(?= \[)/, lists("compile tool", ["compile flags (mode)", "compile flags"])],
  [/^asm "[^"]*"(?= \[)/, lists("asm tool", ["asm flags (mode)", "asm flags"])],
  [/^link (?:[^["]|"[^"]*")*?(?= \[)/, (line, found, add) => segmentLink(line, found, add)],
  [/^linkflags /, whole("linkflags")],
  [/^GOEXPERIMENT=/, whole("GOEXPERIMENT")],
  [/^GOROOT=/, whole("GOROOT")],
  [/^GO_EXTLINK_ENABLED=/, whole("GO_EXTLINK_ENABLED")],
  [
    /^(GO[A-Z0-9]+)?=.*\n$/s,
    (line, found, add) => whole(`arch level ${found[1] ?? ""}`.trim())(line, found, add),
  ],
  [/^magic (\w+)=/, named("magic")],
  [/^pgofile /, whole("pgofile")],
  [/^vet "/, whole("vet tool")],
  // Go 1.27.
  [/^vetxonly /, whole("vetxonly")],
  [/^vetflags /, whole("vetflags")],
  [/^pkg "/, whole("vetted package")],
  [/^vetout "(.*)" \S*\n$/s, named("vetout")],
];

function segmentLink(line: string, found: RegExpExecArray, add: Add): boolean {
  const start = found[0].length;
  const item = takeQuoted(line.slice(start + 1));
  if (item === null) return false;
  add("link tool", line.slice(0, start));
  add("link flags (mode)", ` ${item.raw}`);
  add("link buildmode", item.rest);
  return true;
}

/**
 * The build info of a main package: one entry a text line, escaped once as a whole. Entries are `path`, `mod`,
 * `dep` (with the `=>` line that may follow) and `build KEY=VALUE` (load/pkg.go setBuildInfo, Go 1.18–1.27).
 */
function segmentModinfo(line: string, add: Add): boolean {
  if (!line.endsWith('"\n')) return false;
  const inner = line.slice('modinfo "'.length, -2);
  add("modinfo", 'modinfo "');
  let owner = "";
  for (const entry of splitEscapedLines(inner)) {
    const fields = entry.replace(/\\n$/, "").split("\\t");
    const [kind, name = "", version = ""] = fields;
    if (kind === "build") {
      add(`modinfo build ${name.slice(0, name.indexOf("=") < 0 ? name.length : name.indexOf("="))}`, entry);
    } else if (kind === "mod" && fields.length >= 3) {
      owner = name;
      const split = `mod\\t${name}`.length;
      add("modinfo mod path", entry.slice(0, split));
      add("modinfo mod version", entry.slice(split, split + `\\t${version}`.length));
      add("modinfo mod sum", entry.slice(split + `\\t${version}`.length));
    } else if (kind === "dep") {
      owner = name;
      add(`modinfo dep ${name}`, entry);
    } else if (kind === "=>") add(`modinfo replace ${owner}`, entry);
    else add(`modinfo ${kind}`, entry);
  }
  add("modinfo end", '"\n');
  return true;
}

/** Cuts behind each `\n` escape, which itself stands for the end of an entry. */
function* splitEscapedLines(inner: string): Generator<string> {
  let from = 0;
  for (let at = 0; at < inner.length; at++) {
    if (inner.charCodeAt(at) !== 92) continue;
    if (inner.charCodeAt(at + 1) === 110) {
      yield inner.slice(from, at + 2);
      from = at + 2;
    }
    at++;
  }
  if (from < inner.length) yield inner.slice(from);
}
