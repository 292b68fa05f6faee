import type { Disk } from "../keys/outside-values.ts";
import { isOn } from "../keys/outside-values.ts";
import { levelVariable } from "../model/go-release.ts";
import type { Run } from "../model/run.ts";
import { type Assumption, hasInput, isOwn, type Touches } from "./assumption.ts";
import { buildTagsOf } from "./build-tags.ts";

/** Flags and variables that enter keys, with the values that people give them. What is in effect now is left out. */
export function assumeSettings(now: Run, disk: Disk): readonly Assumption[] {
  return [
    ...switches.flatMap((name) => assumeSwitch(now, name)),
    ...levelsOf(now),
    ...Object.entries(flagValues).flatMap(([name, values]) => assumeFlag(now, name, values)),
    ...Object.entries(cgoValues).flatMap(([name, values]) =>
      values.flatMap((value) => assumeVariable(now, name, value)),
    ),
    ...experimentsOf(now, disk),
    ...assumeCgo(now),
    ...assumeTags(now, disk),
  ];
}

/** Everything can be another under them: they stand in every key, or choose files of the standard library. */
const switches = ["-race", "-trimpath", "-cover", "-msan", "-asan"] as const;

const flagValues: Readonly<Record<string, readonly string[]>> = {
  "-gcflags": [
    "all=-N -l",
    "-N -l",
    "all=-l",
    "-l",
    "all=-N",
    "all=-l -N",
    "-m",
    "all=-e",
    "-e",
    "all=-dwarf=false",
    "all=-B",
    "all=-d=checkptr",
    "all=-trimpath",
  ],
  "-ldflags": ["-s -w", "-w -s", "-w", "-s", "-extldflags=-static", "-linkmode=external"],
  "-buildmode": ["pie", "exe", "c-shared", "c-archive", "plugin"],
  "-covermode": ["set", "count", "atomic"],
};

/** `go env` gives the default of the C flags as these words. */
const defaultFlags = "-O2 -g";

const cgoValues: Readonly<Record<string, readonly string[]>> = {
  CGO_CFLAGS: [
    "",
    "-O2 -g",
    "-O3",
    "-O2",
    "-O1",
    "-O0",
    "-Os",
    "-g",
    "-O3 -g",
    "-O1 -g",
    "-O0 -g",
    "-g -O2",
    "-g -O3",
    "-g -O1",
    "-g -O0",
    "-Os -g",
    "-O2 -g -fPIC",
    "-O2 -fPIC",
    "-fPIC",
    "-O2 -pipe",
    "-O2 -g -pipe",
    "-march=native",
    "-O3 -march=native",
    "-O2 -march=native",
    "-O2 -g -march=native",
    "-Wall",
    "-Wno-error",
    "-O2 -g -Wno-error",
    "-Wno-deprecated-declarations",
    "-D_LARGEFILE64_SOURCE",
    "-O2 -g -D_LARGEFILE64_SOURCE",
    "-D_FORTIFY_SOURCE=2",
    "-static",
    "-fcommon",
    "-Wno-implicit-function-declaration",
    "-O2 -g -fstack-protector-strong",
    "-fno-omit-frame-pointer",
    "-O2 -g -fno-omit-frame-pointer",
    "-I/usr/local/include",
    "-I/opt/homebrew/include",
  ],
  CGO_LDFLAGS: [
    "",
    "-static",
    "-O2 -g",
    "-L/usr/local/lib",
    "-L/opt/homebrew/lib",
    "-fuse-ld=gold",
    "-fuse-ld=lld",
    "-s",
  ],
  CGO_CPPFLAGS: ["", "-I/usr/local/include", "-D_FORTIFY_SOURCE=2", "-DNDEBUG", "-D_GNU_SOURCE"],
  CGO_CXXFLAGS: ["", "-O3", "-O2", "-O0 -g", "-std=c++17", "-std=c++11", "-O2 -g -std=c++17"],
};

function assumeSwitch(now: Run, name: string): readonly Assumption[] {
  const isSet = isOn(flagValueOf(now, name));
  return [flagAssumption(now, name, isSet ? null : "true", isSet ? `without ${name}` : name)];
}

function assumeFlag(now: Run, name: string, values: readonly string[]): readonly Assumption[] {
  const present = flagValueOf(now, name);
  const others = values.filter((value) => value !== present);
  const without = present === null ? [] : [flagAssumption(now, name, null, `without ${name}`)];
  return [...without, ...others.map((value) => flagAssumption(now, name, value, `${name}=${value}`))];
}

function assumeTags(now: Run, disk: Disk): readonly Assumption[] {
  const known = buildTagsOf(now, disk);
  const all = assumeFlag(
    now,
    "-tags",
    known.map(({ tags }) => tags),
  );
  return all.map((each) => {
    const own = known.find(({ tags }) => each.label === `-tags=${tags}`);
    if (own === undefined) return each;
    const onlyWith: Touches = (action, inputs) => own.isIn(action.package) || ofPrograms(action, inputs);
    return { ...each, onlyWith };
  });
}

function flagAssumption(now: Run, name: string, value: string | null, label: string): Assumption {
  const isLate = name === "-ldflags";
  return {
    label,
    group: name === "-covermode" ? "-cover" : name,
    patch: (run) => withFlag(name === "-covermode" ? withFlag(run, "-cover", "true") : run, name, value),
    causesOf: () =>
      name === "-covermode"
        ? [{ code: "flag-changed", subject: "-cover" }]
        : [{ code: "flag-changed", subject: name }],
    reaches:
      name === "-cover" || name === "-covermode" || isOfNamed(name, value)
        ? (action) => action.kind === "link" || isOwn(action, now)
        : () => true,
    // Only programs have them in their keys.
    onlyWith: isLate ? ofPrograms : null,
    showsInFiles: name === "-tags" || name.startsWith("-cover"),
    standsIn: isLate ? "some keys" : isInEveryKey(name, value) ? "every key" : "own keys",
    isLikely: false,
    asRun: { flags: { [name]: value } },
  };
}

function isInEveryKey(name: string, value: string | null): boolean {
  return (
    /^-(race|msan|asan|trimpath|buildmode)$/.test(name) ||
    (name === "-gcflags" && /^all=|^null$/.test(`${value}`))
  );
}

/** Without a pattern, flags are for the packages that the command names. */
function isOfNamed(name: string, value: string | null): boolean {
  return name === "-gcflags" && value !== null && value.startsWith("-");
}

const levels: Readonly<Record<string, readonly string[]>> = {
  GOAMD64: ["v1", "v2", "v3", "v4"],
  GOARM: ["7", "6", "5", "7,softfloat", "6,softfloat"],
  GOARM64: ["v8.0", "v8.1", "v8.2", "v9.0", "v8.0,lse", "v8.0,crypto"],
  GO386: ["sse2", "softfloat"],
  GOMIPS: ["hardfloat", "softfloat"],
  GOMIPS64: ["hardfloat", "softfloat"],
  GOPPC64: ["power8", "power9", "power10"],
  GORISCV64: ["rva20u64", "rva22u64", "rva23u64"],
  GOWASM: ["", "satconv", "signext", "satconv,signext"],
};

function levelsOf(now: Run): readonly Assumption[] {
  const name = levelVariable(now.goarch ?? "");
  if (name === null) return [];
  return (levels[name] ?? []).flatMap((value) => assumeVariable(now, name, value));
}

/** Names of experiments stand in the toolchain's own source (internal/goexperiment/flags.go, Go 1.21–1.27). */
function experimentsOf(now: Run, disk: Disk): readonly Assumption[] {
  const text = disk.readFile(`${now.goroot}/src/internal/goexperiment/flags.go`) ?? "";
  const body = /\ntype Flags struct \{([\s\S]*?)\n\}/.exec(text)?.[1] ?? "";
  const names = [...body.matchAll(/^\t(\w+)\s+bool/gm)].map((found) => (found[1] ?? "").toLowerCase());
  return ["", ...names].flatMap((value) => assumeVariable(now, "GOEXPERIMENT", value));
}

function assumeVariable(now: Run, name: string, value: string): readonly Assumption[] {
  const present = now.settings.envOrigin[name] === undefined ? "" : (rawOf(now, name) ?? "");
  const effective = now.settings.env[name] ?? "";
  if (value === present || (!name.startsWith("CGO_") && value === effective)) return [];
  // An experiment that is on by default can't be told from one that is not named.
  const isDefault = value === "";
  return [
    {
      label: isDefault ? `without ${name}` : `${name}=${value}`,
      group: name,
      patch: (run) => withVariable(run, name, value),
      causesOf: () => [{ code: "env-changed", subject: name }],
      reaches: () => true,
      onlyWith: name !== "CGO_ENABLED" && name.startsWith("CGO_") ? ofCompilers : null,
      showsInFiles: name === "CGO_ENABLED",
      standsIn: name.startsWith("CGO_") ? "some keys" : "every key",
      isLikely: false,
      asRun: { env: { [name]: isDefault ? null : value } },
    },
  ];
}

/** Inputs of packages with cgo, and of programs, whose build info has the C flags. */
const ofCompilers = hasInput(/^(CC|modinfo.*)$/);

const ofPrograms = hasInput(/^modinfo/);

function assumeCgo(now: Run): readonly Assumption[] {
  const value = now.settings.env.CGO_ENABLED === "1" ? "0" : "1";
  return assumeVariable(now, "CGO_ENABLED", value);
}

const compilers = [
  "gcc",
  "clang",
  "cc",
  "x86_64-linux-gnu-gcc",
  "aarch64-linux-gnu-gcc",
  "musl-gcc",
  "/usr/bin/gcc",
  "/usr/bin/clang",
  "/usr/bin/cc",
  "ccache gcc",
  "zig cc",
  ...["9", "10", "11", "12", "13", "14", "15"].map((version) => `gcc-${version}`),
  ...["14", "15", "16", "17", "18", "19", "20"].map((version) => `clang-${version}`),
];

/** What the C compilers of common images say of themselves (the line that `CC -###` begins with). */
const compilerLines = [
  "gcc version 14.2.0 (Debian 14.2.0-19) ",
  "gcc version 12.2.0 (Debian 12.2.0-14+deb12u1) ",
  "gcc version 12.2.0 (Debian 12.2.0-14) ",
  "gcc version 10.2.1 20210110 (Debian 10.2.1-6) ",
  "gcc version 13.3.0 (Ubuntu 13.3.0-6ubuntu2~24.04) ",
  "gcc version 13.3.0 (Ubuntu 13.3.0-6ubuntu2~24.04.1) ",
  "gcc version 13.2.0 (Ubuntu 13.2.0-23ubuntu4) ",
  "gcc version 11.4.0 (Ubuntu 11.4.0-1ubuntu1~22.04) ",
  "gcc version 11.4.0 (Ubuntu 11.4.0-1ubuntu1~22.04.2) ",
  "gcc version 9.4.0 (Ubuntu 9.4.0-1ubuntu1~20.04.2) ",
  "gcc version 15.2.0 (Alpine 15.2.0) ",
  "gcc version 14.2.0 (Alpine 14.2.0) ",
  "gcc version 13.2.1 20240309 (Alpine 13.2.1_git20240309) ",
  "gcc version 13.2.1 20231014 (Alpine 13.2.1_git20231014) ",
  "gcc version 12.2.1 20220924 (Alpine 12.2.1_git20220924-r10) ",
  "Debian clang version 19.1.7 (3+b1)",
  "Debian clang version 14.0.6",
  "Ubuntu clang version 18.1.3 (1ubuntu1)",
  "Ubuntu clang version 14.0.0-1ubuntu1.1",
  "Alpine clang version 19.1.4",
  "Alpine clang version 17.0.5",
];

/** Another C compiler, or the same command with another one behind it. */
export function assumeCompilers(now: Run): readonly Assumption[] {
  if (now.settings.env.CGO_ENABLED !== "1") return [];
  const present = now.settings.env.CC ?? "";
  const line = now.compilers?.CC ?? null;
  const reaches = () => true;
  const commands = compilers.filter((command) => command !== present);
  const lines = compilerLines.filter((each) => each !== line);
  const behind = lines.map(
    (each): Assumption => ({
      label: each.trim(),
      group: "CC",
      patch: (run) => ({ ...run, compilers: { ...run.compilers, CC: each } }),
      causesOf: () => [{ code: "c-compiler-changed", subject: "CC" }],
      reaches,
      onlyWith: ofCompilers,
      showsInFiles: false,
      standsIn: "some keys",
      isLikely: false,
      asRun: null,
    }),
  );
  const named = commands.flatMap((command) =>
    [line, ...lines].map(
      (each): Assumption => ({
        label: `CC=${command}`,
        group: "CC",
        patch: (run) => {
          const changed = withVariable(run, "CC", command);
          return each === null ? changed : { ...changed, compilers: { ...run.compilers, CC: each } };
        },
        causesOf: () => [{ code: "env-changed", subject: "CC" }],
        reaches,
        onlyWith: ofCompilers,
        showsInFiles: false,
        standsIn: "some keys",
        isLikely: false,
        asRun: null,
      }),
    ),
  );
  return [...behind, ...named];
}

function flagValueOf(run: Run, name: string): string | null {
  return run.settings.flags.find((flag) => flag.name === name)?.value ?? null;
}

function rawOf(run: Run, name: string): string | undefined {
  return run.rawEnvironment?.[name] ?? run.settings.env[name];
}

export function withFlag(run: Run, name: string, value: string | null): Run {
  const flags = run.settings.flags.filter((flag) => flag.name !== name);
  const added = value === null ? [] : [{ name, value, origin: "command line" as const }];
  return { ...run, settings: { ...run.settings, flags: [...flags, ...added] } };
}

/** @param value `""` for a variable that nobody sets */
export function withVariable(run: Run, name: string, value: string): Run {
  const { env, envOrigin } = run.settings;
  const isC = /^CGO_(C|CXX|F|LD)FLAGS$/.test(name);
  const effective = value === "" && isC ? defaultFlags : value;
  const { [name]: _, ...origins } = envOrigin;
  const { [name]: _raw, ...raw } = run.rawEnvironment ?? {};
  return {
    ...run,
    settings: {
      ...run.settings,
      env: { ...env, [name]: effective },
      envOrigin: value === "" ? origins : { ...origins, [name]: envOrigin[name] ?? "environment" },
    },
    rawEnvironment: raw,
  };
}
