import type { Files } from "./write-files.ts";

/** Draws values from a seed: the same seed gives the same values. */
export interface Draw {
  /** A whole number from 0 to `below` - 1. */
  readonly number: (below: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
  /** Small letters, never the same twice. */
  readonly word: () => string;
}

/** How a module was built: when the cache was filled, or now. */
export interface State {
  readonly files: Files;
  /** Below the sandbox's root. */
  readonly directory: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What filled a cache, what is run on it, and what a first run has to say. */
export interface Planted {
  readonly before: State;
  readonly now: State;
  /** Commits that git has, the oldest first; none without git. */
  readonly commits?: readonly Files[];
  /** `code subject` → the value that the cache was filled with. */
  readonly causes: Readonly<Record<string, unknown>>;
}

export interface Kind {
  readonly name: string;
  /** The standard library is compiled anew for it. */
  readonly isDear: boolean;
  readonly plant: (draw: Draw, machine: Machine) => Planted;
}

export interface Machine {
  /** `go1.26.8` */
  readonly goVersion: string;
  /** GOMODCACHE, where toolchains lie. */
  readonly modules: string;
}

/** mulberry32 */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const number = (below: number) => Math.floor(next() * below);
  const pick = <T>(from: readonly T[]): T => from[number(from.length)] as T;
  const given = new Set<string>();
  const word = (): string => {
    const text = Array.from({ length: 3 + number(8) }, () => "bcdfghjklmnpqrstvwxz"[number(20)]).join("");
    if (given.has(text)) return word();
    given.add(text);
    return text;
  };
  return { number, pick, word };
}

/** A module of a program, two libraries and a package that has cgo, or none where that is off. */
function makeModule(draw: Draw): State & { readonly path: string; readonly sources: readonly string[] } {
  const path = `example.com/${draw.word()}/${draw.word()}`;
  const [upper, lower, native] = [draw.word(), draw.word(), draw.word()];
  const program = draw.pick(["main.go", `cmd/${draw.word()}/main.go`]);
  const library = `${upper}/${draw.word()}.go`;
  const leaf = `${draw.pick(["internal/", "pkg/", ""])}${lower}/${draw.word()}.go`;
  const leafPath = leaf.slice(0, leaf.lastIndexOf("/"));
  const files = {
    "go.mod": `module ${path}\n\ngo 1.21\n`,
    [program]: `package main\n\nimport "${path}/${upper}"\n\nfunc main() { println(${upper}.Name()) }\n`,
    [library]: `package ${upper}\n\nimport (\n\t"${path}/${leafPath}"\n\t"${path}/${native}"\n)\n\nfunc Name() string { return ${lower}.Name()[${native}.One():] }\n`,
    [leaf]: `package ${lower}\n\nfunc Name() string { return "${draw.word()}" }\n`,
    [`${native}/c.go`]: `package ${native}\n\n// int one(void) { return 1; }\nimport "C"\n\nfunc One() int { return int(C.one()) }\n`,
    [`${native}/other.go`]: `//go:build !cgo\n\npackage ${native}\n\nfunc One() int { return 1 }\n`,
  };
  const directory = `${draw.word()}/${draw.word()}`;
  return { path, files, directory, flags: [], env: { CGO_ENABLED: "1" }, sources: [program, library, leaf] };
}

/** The text of a source with a declaration that it has not had. */
function edited(files: Files, name: string, draw: Draw): Files {
  return { ...files, [name]: `${files[name]}\nconst _ = "${draw.word()}"\n` };
}

/** A flag that the cache was filled with and that is absent now, or the other way round. */
function flagKind(name: string, isDear: boolean, values: readonly string[]): Kind {
  return {
    name,
    isDear,
    plant(draw) {
      const plain = makeModule(draw);
      const value = draw.pick(values);
      const flagged = { ...plain, flags: [value === "" ? name : `${name}=${value}`] };
      const isBefore = draw.number(2) === 0;
      return {
        before: isBefore ? flagged : plain,
        now: isBefore ? plain : flagged,
        causes: { [`flag-changed ${name}`]: isBefore ? value || name : null },
      };
    },
  };
}

const cFlags = ["-O3", "-O0 -g", "-O1 -g", "-Os", "-g -O2", "-O2 -g -fPIC", "-O2 -pipe", "-Wall"];

/** Directories are told by their absolute paths: this stands for the sandbox's root. */
export const rootMark = "{root}";

export function plantMoved(draw: Draw) {
  const before = makeModule(draw);
  const directory = `${draw.word()}/${draw.pick(["src", "build", draw.word()])}/${draw.word()}`;
  return {
    before,
    now: { ...before, directory },
    causes: { [`directory-moved ${before.path}`]: `${rootMark}/${before.directory}` },
  };
}

function withGoLine({ files }: State, line: string): Files {
  return { ...files, "go.mod": (files["go.mod"] ?? "").replace(/^go .*$/m, `go ${line}`) };
}

/** Lines that all of the versions in these tests take. */
const goLines = ["1.17", "1.18", "1.19", "1.20", "1.22", "1.22.3", "1.23", "1.24", "1.24.5"];

export const kinds: readonly Kind[] = [
  {
    name: "Go patch version",
    isDear: true,
    plant(draw, { goVersion, modules }) {
      const [, minor = "", patch = "0"] = /^(go1\.\d+)\.(\d+)/.exec(goVersion) ?? [];
      const other = `${minor}.${Number(patch) > 0 ? Number(patch) - 1 : 1}`;
      return planToolchain(draw, other, modules);
    },
  },
  {
    name: "Go minor version",
    isDear: true,
    plant: (draw, { modules }) => planToolchain(draw, draw.pick(["go1.22.12", "go1.24.11"]), modules),
  },
  flagKind("-race", true, [""]),
  flagKind("-cover", false, [""]),
  flagKind("-trimpath", true, [""]),
  flagKind("-gcflags", true, ["all=-N -l", "all=-l", "all=-N", "all=-B"]),
  {
    name: "GOAMD64",
    isDear: true,
    plant(draw) {
      const plain = makeModule(draw);
      const level = draw.pick(["v2", "v3"]);
      const levelled = { ...plain, env: { ...plain.env, GOAMD64: level } };
      const isBefore = draw.number(2) === 0;
      return {
        before: isBefore ? levelled : plain,
        now: isBefore ? plain : levelled,
        causes: { "env-changed GOAMD64": isBefore ? level : "v1" },
      };
    },
  },
  {
    name: "CGO_ENABLED",
    isDear: false,
    plant(draw) {
      const before = makeModule(draw);
      const value = draw.pick(["0", "1"]);
      return {
        before: { ...before, env: { CGO_ENABLED: value } },
        now: { ...before, env: { CGO_ENABLED: value === "1" ? "0" : "1" } },
        causes: { "env-changed CGO_ENABLED": value },
      };
    },
  },
  {
    name: "CGO_CFLAGS",
    isDear: false,
    plant(draw) {
      const before = makeModule(draw);
      const flags = draw.pick(cFlags);
      return {
        before: { ...before, env: { ...before.env, CGO_CFLAGS: flags } },
        now: before,
        causes: { "env-changed CGO_CFLAGS": flags },
      };
    },
  },
  { name: "moved directory", isDear: false, plant: plantMoved },
  {
    name: "go line",
    isDear: false,
    plant(draw) {
      const now = makeModule(draw);
      const line = draw.pick(goLines);
      return {
        before: { ...now, files: withGoLine(now, line) },
        now,
        causes: { [`go-directive-changed ${now.path}`]: line },
      };
    },
  },
  {
    name: "an edited file that git knows",
    isDear: false,
    plant(draw) {
      const before = makeModule(draw);
      const file = draw.pick(before.sources);
      return {
        before,
        now: { ...before, files: edited(before.files, file, draw) },
        commits: [before.files],
        causes: { [`file-edited ${file}`]: before.files[file] },
      };
    },
  },
  {
    name: "an older commit",
    isDear: false,
    plant(draw) {
      const first = makeModule(draw);
      const history = Array.from({ length: 3 + draw.number(4) }).reduce<readonly Files[]>(
        (files) => [...files, edited(files.at(-1) ?? {}, draw.pick(first.sources), draw)],
        [first.files],
      );
      const at = draw.number(history.length - 1);
      const before = history[at] ?? {};
      const now = history.at(-1) ?? {};
      const changed = Object.keys(now).filter((name) => now[name] !== before[name]);
      return {
        before: { ...first, files: before },
        now: { ...first, files: now },
        commits: history,
        causes: Object.fromEntries(changed.map((name) => [`file-edited ${name}`, before[name]])),
      };
    },
  },
  {
    name: "two at once",
    isDear: false,
    plant(draw) {
      const { before, now, causes } = plantMoved(draw);
      return draw.pick<() => Planted>([
        () => {
          const line = draw.pick(goLines);
          return {
            before: { ...before, files: withGoLine(before, line) },
            now,
            causes: { ...causes, [`go-directive-changed ${before.path}`]: line },
          };
        },
        () => {
          const flags = draw.pick(cFlags);
          return {
            before: { ...before, env: { ...before.env, CGO_CFLAGS: flags } },
            now,
            causes: { ...causes, "env-changed CGO_CFLAGS": flags },
          };
        },
        () => {
          const file = draw.pick(before.sources);
          return {
            before,
            now: { ...now, files: edited(before.files, file, draw) },
            commits: [before.files],
            causes: { ...causes, [`file-edited ${file}`]: before.files[file] },
          };
        },
      ])();
    },
  },
];

function planToolchain(draw: Draw, version: string, modules: string): Planted {
  const now = makeModule(draw);
  const before = {
    ...now,
    env: { ...now.env, GOTOOLCHAIN: version, GOMODCACHE: modules, GOSUMDB: undefined },
  };
  return {
    before,
    now: { ...now, env: { ...now.env, GOMODCACHE: modules } },
    causes: { "toolchain-changed go": version },
  };
}

/** A value that no list of guesses holds. */
export function plantUnlisted(draw: Draw): Planted {
  const now = makeModule(draw);
  const flags = `-O2 -D${draw.word().toUpperCase()}=${draw.number(1000)}`;
  return { before: { ...now, env: { ...now.env, CGO_CFLAGS: flags } }, now, causes: {} };
}

/** A cache that another module filled. */
export function plantOther(draw: Draw): Planted {
  return { before: makeModule(draw), now: makeModule(draw), causes: {} };
}
