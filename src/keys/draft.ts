import { type Digest, digestOf, type ShortId, shortId } from "../model/ids.ts";
import type { Segment } from "../model/segments.ts";
import { quote, quoteList, takeQuoted } from "../util/go-quote.ts";

/**
 * An action's inputs while rules write earlier values into them. It begins as the inputs of now; a rule replaces,
 * drops or adds inputs, and Go's order of lines puts what is added in its place.
 */
export interface Draft {
  readonly kind: "build" | "link" | "vet";
  has(input: string): boolean;
  /** Text of an input, null where it is absent. */
  text(input: string): string | null;
  /** Writes an input, in Go's place where it was absent; `null` takes it out. */
  set(input: string, text: string | null): void;
  /** Words of an input that is a `%q` list, with or without text before it. */
  words(input: string): readonly string[] | null;
  /** Puts other words into an input that is a `%q` list. */
  setWords(input: string, words: readonly string[]): void;
  inputs(): readonly string[];
  /** All inputs of one kind, in order: `file`, `import`, `packagefile`. */
  names(kind: string): readonly string[];
  /** Replaces all inputs of one kind. */
  setNamed(kind: string, segments: readonly Segment[]): void;
  /** A `build KEY=VALUE` entry of the build info, quoted as Go does; null takes it out. Nothing in a block without one. */
  setInfo(key: string, value: string | null): void;
  copy(): Draft;
  digest(): Digest;
  id(): ShortId;
  segments(): readonly Segment[];
  replaceAll(segments: readonly Segment[]): void;
}

export function draftOf(kind: Draft["kind"], release: number, now: readonly Segment[]): Draft {
  return make(kind, release, [...now]);
}

function make(kind: Draft["kind"], release: number, list: Segment[]): Draft {
  const rank = (input: string): number => rankOf(kind, release, input);
  const at = (input: string): number => list.findIndex((segment) => segment.input === input);
  const draft: Draft = {
    kind,
    has: (input) => at(input) >= 0,
    text: (input) => list[at(input)]?.text ?? null,
    set(input, text) {
      const index = at(input);
      if (text === null) {
        if (index >= 0) list.splice(index, 1);
      } else if (index >= 0) list[index] = { input, text };
      else {
        const own = rank(input);
        let place = list.findIndex((segment) => rank(segment.input) > own);
        if (place < 0) place = list.length;
        list.splice(place, 0, { input, text });
      }
    },
    words(input) {
      const text = draft.text(input);
      if (text === null) return null;
      const open = text.indexOf("[");
      return open < 0 ? null : (takeQuoted(text.slice(open))?.values ?? null);
    },
    setWords(input, words) {
      const text = draft.text(input);
      const open = text?.indexOf("[") ?? -1;
      if (text === null || open < 0) return;
      const rest = takeQuoted(text.slice(open))?.rest ?? "";
      draft.set(input, text.slice(0, open) + quoteList(words) + rest);
    },
    inputs: () => list.map((segment) => segment.input),
    names: (each) =>
      list.flatMap((segment) =>
        segment.input.startsWith(`${each} `) ? segment.input.slice(each.length + 1) : [],
      ),
    setNamed(each, segments) {
      const first = list.findIndex((segment) => segment.input.startsWith(`${each} `));
      const rest = list.filter((segment) => !segment.input.startsWith(`${each} `));
      let place = first;
      if (first < 0) {
        const own = rank(`${each} x`);
        place = rest.findIndex((segment) => rank(segment.input) > own);
        if (place < 0) place = rest.length;
      }
      rest.splice(place, 0, ...segments);
      list = rest;
    },
    setInfo(key, value) {
      if (!draft.has("modinfo")) return;
      const input = `modinfo build ${key}`;
      draft.set(input, value === null ? null : infoEntry(key, value));
      sortInfo(list);
    },
    copy: () => make(kind, release, [...list]),
    digest: () => digestOf(list.map((segment) => segment.text).join("")),
    id: () => shortId(draft.digest()),
    segments: () => list,
    replaceAll(segments) {
      list = [...segments];
    },
  };
  return draft;
}

/** One line of the build info in the form in which the block has it: escaped (runtime/debug BuildInfo.String). */
export function infoEntry(key: string, value: string): string {
  const bytes = Buffer.from(value.replaceAll("\n", " ")).toString("latin1");
  const shown = /[ \t\r\n"`]/.test(bytes) ? quote(bytes) : bytes;
  return infoLine(`build\t${key}=${shown}\n`);
}

/** Bytes of the build info in their escaped form. */
export function infoLine(bytes: string): string {
  return quote(bytes).slice(1, -1);
}

const buildOrder = [
  "form",
  /^(dir|module path)$/,
  "module version",
  "go line",
  "goos",
  "goarch",
  "package path",
  "omitdebug",
  "package kind",
  "trimpath",
  "forcelibrary",
  "cgo tool",
  "CC",
  "CGO_CPPFLAGS",
  "CGO_CFLAGS",
  "CGO_LDFLAGS",
  "CC id",
  "CC id error",
  "CXX",
  "CGO_CXXFLAGS",
  "CXX id",
  "CXX id error",
  "FC",
  "CGO_FFLAGS",
  "FC id",
  "FC id error",
  "cover mode",
  "cover tool",
  "fuzz",
  "modinfo",
  "modinfo path",
  "modinfo mod path",
  "modinfo mod version",
  "modinfo mod sum",
  /^modinfo ((dep|replace|end of) | #|$)/,
  "modinfo build -asan",
  "modinfo build -asmflags",
  "modinfo build -buildmode",
  "modinfo build -compiler",
  "modinfo build -gccgoflags",
  "modinfo build -gcflags",
  "modinfo build -ldflags",
  "modinfo build -cover",
  "modinfo build -msan",
  "modinfo build -pgo",
  "modinfo build -race",
  "modinfo build -tags",
  "modinfo build -trimpath",
  "modinfo build DefaultGODEBUG",
  "modinfo build CGO_ENABLED",
  "modinfo build CGO_CFLAGS",
  "modinfo build CGO_CPPFLAGS",
  "modinfo build CGO_CXXFLAGS",
  "modinfo build CGO_LDFLAGS",
  "modinfo build GOARCH",
  "modinfo build GOEXPERIMENT",
  "modinfo build GOFIPS140",
  "modinfo build GOOS",
  /^modinfo build GO\w+$/,
  "modinfo build vcs",
  "modinfo build vcs.revision",
  "modinfo build vcs.time",
  "modinfo build vcs.modified",
  "modinfo end",
  "compile tool",
  "compile flags (mode)",
  "compile flags",
  "asm tool",
  "asm flags (mode)",
  "asm flags",
  /^arch level/,
  "GOEXPERIMENT",
  "magic GOCLOBBERDEADHASH",
  "magic GOSSAFUNC",
  "magic GOSSADIR",
  "magic GOCOMPILEDEBUG",
  /^file /,
  /^import /,
  "pgofile",
] as const;

const linkOrder = [
  "form",
  "buildmode",
  "goos",
  "goarch",
  "package path",
  "omitdebug",
  "package kind",
  "defaultgodebug",
  "trimpath",
  "link tool",
  "link flags (mode)",
  "link buildmode",
  "linkflags",
  /^arch level/,
  "GOEXPERIMENT",
  "GOROOT",
  "GO_EXTLINK_ENABLED",
  /^package/,
] as const;

const ranks = new Map<string, number>();

/** Where Go writes an input (work/exec.go buildActionID, linkActionID; load/pkg.go setBuildInfo; Go 1.21–1.27). */
function rankOf(kind: Draft["kind"], release: number, input: string): number {
  if (input === "salt") return -1;
  // Up to Go 1.22 the profile stands before the imports.
  if (input === "pgofile" && release <= 22) return rankOf(kind, release, "import x") - 0.5;
  const id = `${kind} ${input}`;
  const known = ranks.get(id);
  if (known !== undefined) return known;
  const order: readonly (string | RegExp)[] = kind === "link" ? linkOrder : buildOrder;
  const found = order.findIndex((each) => (typeof each === "string" ? each === input : each.test(input)));
  const rank = found < 0 ? order.length : found;
  ranks.set(id, rank);
  return rank;
}

/** With a profile Go sorts the whole list by key (load/pkg.go setPGOProfilePath); without one it has its own order. */
function sortInfo(list: Segment[]): void {
  const isEntry = (segment: Segment): boolean => segment.input.startsWith("modinfo build ");
  const first = list.findIndex(isEntry);
  if (first < 0) return;
  const entries = list.filter(isEntry);
  const byKey = entries.some((entry) => entry.input === "modinfo build -pgo");
  entries.sort((a, b) =>
    byKey ? (a.input < b.input ? -1 : 1) : rankOf("build", 26, a.input) - rankOf("build", 26, b.input),
  );
  list.splice(first, entries.length, ...entries);
}
