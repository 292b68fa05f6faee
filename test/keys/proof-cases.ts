import { createProver, type ProofGround } from "../../src/keys/prove-key.ts";
import type { KeyRule } from "../../src/keys/rule.ts";
import type { Run } from "../../src/model/run.ts";
import { explainFixture, type Fixture, outsideOfFixture } from "../scenarios/fixture.ts";

/** One root of a fixture whose earlier key a rule regenerates, and an earlier outside value that is not the true one. */
export interface ProofCase {
  readonly rule: string;
  readonly fixture: string;
  readonly root: string;
  readonly falsify: (run: Run) => Run;
  /** The package has to be read again from the standard library's source. */
  readonly needsGoroot?: boolean;
}

const withEnv =
  (name: string, value: string) =>
  (run: Run): Run => ({
    ...run,
    rawEnvironment: { ...run.rawEnvironment, [name]: value },
    settings: {
      ...run.settings,
      env: { ...run.settings.env, [name]: value },
      envOrigin: { ...run.settings.envOrigin, [name]: "environment" },
    },
  });

const withFlag =
  (name: string, value: string | null) =>
  (run: Run): Run => ({
    ...run,
    settings: {
      ...run.settings,
      flags: [
        ...run.settings.flags.filter((flag) => flag.name !== name),
        ...(value === null ? [] : [{ name, value, origin: "command line" as const }]),
      ],
    },
  });

const withHash =
  (ending: string) =>
  (run: Run): Run => ({
    ...run,
    files: run.files.map((file) =>
      file.path.endsWith(ending) ? { ...file, hash: "AAAAAAAAAAAAAAAAAAAA" as never } : file,
    ),
  });

const elsewhere = (run: Run): Run => ({
  ...run,
  moduleRoots: Object.fromEntries(Object.keys(run.moduleRoots).map((path) => [path, "/elsewhere/m"])),
});

const withModules =
  (change: (module: NonNullable<Run["modules"]>["list"][number]) => typeof module) =>
  (run: Run): Run => ({
    ...run,
    modules: run.modules == null ? null : { ...run.modules, list: run.modules.list.map(change) },
  });

const m = "example.com/m";

export const proofCases: readonly ProofCase[] = [
  {
    rule: "toolchain",
    fixture: "toolchain-changed",
    root: "build internal/goarch",
    falsify: (run) => ({ ...run, goVersion: "go1.24.10" }),
    needsGoroot: true,
  },
  {
    rule: "target",
    fixture: "env-goarch",
    root: `build ${m}/internal/sum`,
    falsify: (run) => ({ ...run, goarch: "riscv64" }),
  },
  {
    rule: "cgo-enabled",
    fixture: "env-cgo-enabled",
    root: `build ${m}/cmd/tool`,
    falsify: withEnv("CGO_ENABLED", "0"),
  },
  {
    rule: "experiment",
    fixture: "env-goexperiment",
    root: `build ${m}/internal/set`,
    falsify: withEnv("GOEXPERIMENT", "arenas"),
  },
  {
    rule: "arch-level",
    fixture: "env-goamd64",
    root: `build ${m}/internal/set`,
    falsify: withEnv("GOAMD64", "v2"),
  },
  {
    rule: "sanitizers",
    fixture: "flag-race",
    root: `build ${m}/internal/set`,
    falsify: withFlag("-msan", "true"),
  },
  {
    rule: "buildmode",
    fixture: "flag-buildmode",
    root: `build ${m}/internal/set`,
    falsify: withFlag("-buildmode", "plugin"),
  },
  {
    rule: "trimpath",
    fixture: "flag-trimpath",
    root: `build ${m}/internal/set`,
    falsify: elsewhere,
  },
  { rule: "directory", fixture: "directory-moved", root: `build ${m}/internal/set`, falsify: elsewhere },
  {
    rule: "module-cache",
    fixture: "modcache-moved",
    root: "build github.com/pkg/errors",
    falsify: (run) => ({ ...run, gomodcache: "/elsewhere/mod" }),
  },
  {
    rule: "goroot",
    fixture: "goroot-moved",
    root: `link ${m}/cmd/tool`,
    falsify: (run) => ({ ...run, goroot: "/elsewhere/go" }),
  },
  {
    rule: "module-version",
    fixture: "module-version-changed",
    root: "build github.com/pkg/errors",
    falsify: withModules((module) => ({ ...module, version: module.version === "" ? "" : "v0.8.1" })),
  },
  {
    rule: "module-graph",
    fixture: "module-retagged",
    root: `build ${m}/cmd/app`,
    falsify: withModules((module) => ({ ...module, sum: module.sum === null ? null : "h1:other=" })),
  },
  {
    rule: "module-replaced",
    fixture: "module-replaced",
    root: `build ${m}/cmd/app`,
    falsify: withModules((module) => ({ ...module, sum: "h1:other=" })),
  },
  {
    rule: "go-line",
    fixture: "go-directive-changed",
    root: `build ${m}/internal/set`,
    falsify: withModules((module) => ({ ...module, go: "1.20" })),
  },
  {
    rule: "godebug-directive",
    fixture: "godebug-directive",
    root: `link ${m}/cmd/tool`,
    falsify: (run) =>
      run.modules == null ? run : { ...run, modules: { ...run.modules, godebug: { panicnil: "0" } } },
    needsGoroot: true,
  },
  {
    rule: "c-compiler-command",
    fixture: "env-cc",
    root: "build os/user",
    falsify: withEnv("CC", "/usr/bin/gcc"),
  },
  {
    rule: "c-compiler-version",
    fixture: "c-compiler-changed",
    root: "build os/user",
    falsify: (run) => ({ ...run, compilers: { CC: "gcc version 97.0.0 (fixture)" } }),
  },
  {
    rule: "cgo-flags",
    fixture: "env-cgo-cflags",
    root: "build os/user",
    falsify: withEnv("CGO_CFLAGS", "-O3"),
  },
  {
    rule: "tags",
    fixture: "flag-tags",
    root: `build ${m}/internal/platform`,
    falsify: withFlag("-tags", "extra"),
  },
  {
    rule: "compile-flags",
    fixture: "flag-gcflags-all",
    root: `build ${m}/internal/set`,
    falsify: withFlag("-gcflags", "all=-l=4"),
  },
  {
    rule: "coverage",
    fixture: "coverage-mode",
    root: `build ${m}/internal/set`,
    falsify: withFlag("-covermode", "count"),
  },
  {
    rule: "profile",
    fixture: "pgo-profile-changed",
    root: `build ${m}/internal/core`,
    falsify: withHash("default.pgo"),
  },
  {
    rule: "magic",
    fixture: "env-magic",
    root: `build ${m}/internal/set`,
    falsify: withEnv("GOCLOBBERDEADHASH", "2"),
  },
  {
    rule: "extlink",
    fixture: "env-extlink",
    root: `link ${m}/cmd/tool`,
    falsify: withEnv("GO_EXTLINK_ENABLED", "0"),
  },
  {
    rule: "vcs-stamp",
    fixture: "vcs-commit",
    root: `build ${m}/cmd/tool`,
    falsify: (run) => (run.vcs == null ? run : { ...run, vcs: { ...run.vcs, time: run.vcs.time + 1 } }),
  },
  {
    rule: "file-edited",
    fixture: "file-edited",
    root: `build ${m}/internal/errors`,
    falsify: withHash("errors.go"),
  },
  {
    rule: "file-added",
    fixture: "file-added",
    root: `build ${m}/internal/core`,
    falsify: (run) => ({
      ...run,
      actions: run.actions.map((action) =>
        action.key === "build os/user" ? { ...action, contentId: "AAAAAAAAAAAAAAAAAAAA" as never } : action,
      ),
    }),
  },
  {
    rule: "file-removed",
    fixture: "file-removed",
    root: `build ${m}/internal/core`,
    falsify: withHash("size.go"),
  },
  {
    rule: "link-flags",
    fixture: "tiny-ldflags",
    root: `link ${m}/cmd/tiny`,
    falsify: withFlag("-ldflags", "-s -w"),
  },
  {
    rule: "tool-program",
    fixture: "tool-changed",
    root: "build cmp",
    falsify: (run) => ({ ...run, tools: { ...run.tools, compile: "compile version go1.26.8 wrapped 3" } }),
  },
  {
    rule: "linkshared",
    fixture: "flag-linkshared",
    root: "build cmp",
    falsify: withFlag("-linkshared", "true"),
  },
  {
    rule: "fuzz",
    fixture: "test-fuzz-removed",
    root: "build encoding",
    falsify: withFlag("-fuzz", null),
  },
  {
    rule: "vet-flags",
    fixture: "vet-flag",
    root: "vet unicode",
    falsify: (run) => ({ ...run, command: ["go", "vet", "-copylocks", "./internal/..."] }),
  },
  {
    rule: "overlay",
    fixture: "overlay-removed",
    root: `build ${m}/internal/core`,
    falsify: (run) => ({ ...run, overlay: {} }),
  },
];

/** The prover as the tool starts it on a fixture, with an earlier record that may be changed and with some of the rules. */
export function proverOfFixture(
  fixture: Fixture,
  falsify: (run: Run) => Run,
  rules?: readonly KeyRule[],
): (key: string) => boolean {
  const ground = groundOfFixture(fixture);
  const { prove } = createProver({ ...ground, before: falsify(ground.before) }, rules);
  return (key) => prove(key).gap === null;
}

const grounds = new WeakMap<Fixture, ProofGround>();

export function groundOfFixture(fixture: Fixture): ProofGround {
  const known = grounds.get(fixture);
  if (known !== undefined) return known;
  const explanation = explainFixture(fixture);
  const comparison = explanation?.comparison;
  if (explanation == null || comparison == null) throw new Error("it has no baseline");
  const own = new Map(explanation.actions.map((each) => [each.action.key, each.own]));
  const outside = outsideOfFixture(fixture);
  const ground: ProofGround = {
    before: comparison.before.run,
    now: comparison.now.run,
    disk: {
      readFile: outside.readFile,
      listDirectory: outside.listDirectory ?? (() => null),
      earlierText: (content, path) => outside.earlierText?.(content as never, path) ?? null,
    },
    outputOf: (digest) => outside.outputOf?.(digest as never) ?? null,
    inputsNow: (key) => {
      const pair = comparison.pairs.get(key);
      return pair === undefined ? null : comparison.segments("now", pair.now);
    },
    causesOf: (key) =>
      (own.get(key) ?? []).map((id) => ({
        code: id.slice(0, id.indexOf(" ")),
        subject: id.slice(id.indexOf(" ") + 1),
      })),
  };
  grounds.set(fixture, ground);
  return ground;
}
