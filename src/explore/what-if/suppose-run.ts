import type { NamedCause } from "../../keys/site.ts";
import { parseGoWords } from "../../model/go-command.ts";
import type { Flag, Run } from "../../model/run.ts";
import type { Hypothesis } from "./hypothesis.ts";

/** A run as it would have been. */
export interface SupposedRun {
  readonly run: Run;
  /** What is another than it was, as the rules for keys name it; empty where the run is left as it was. */
  readonly steps: readonly NamedCause[];
}

/**
 * Puts what is supposed into the record of a run: flags, variables, directories. Its actions and their inputs stay; the rules for
 * keys write the steps into those.
 * @param place the run whose directories count under `same-directory`
 */
export function supposeRun(run: Run, hypotheses: readonly Hypothesis[], place: Run): SupposedRun {
  let supposed = run;
  for (const hypothesis of hypotheses) supposed = applyTo(supposed, hypothesis, place);
  return { run: supposed, steps: stepsBetween(run, supposed) };
}

function applyTo(run: Run, hypothesis: Hypothesis, place: Run): Run {
  switch (hypothesis.kind) {
    case "flag":
      return withFlag(run, hypothesis.name, hypothesis.value);
    case "variable":
      return withVariable(run, hypothesis.name, hypothesis.value);
    case "same-directory":
      return movedTo(run, place);
    default:
      return run;
  }
}

function withFlag(run: Run, name: string, value: string | null): Run {
  const others = run.settings.flags.filter((flag) => flag.name !== name);
  const flags: readonly Flag[] =
    value === null ? others : sorted([...others, { name, value, origin: "command line" }]);
  return withStamp({ ...run, settings: { ...run.settings, flags } });
}

function withVariable(run: Run, name: string, value: string): Run {
  const { settings } = run;
  const env: Record<string, string> = { ...settings.env, [name]: value };
  if ((name === "GOOS" || name === "GOARCH") && settings.envOrigin.CGO_ENABLED === undefined) {
    // Across systems cgo is off unless somebody turns it on (cfg.go, Go 1.20+).
    const isHost = env.GOOS === env.GOHOSTOS && env.GOARCH === env.GOHOSTARCH;
    env.CGO_ENABLED = isHost ? (run.goos === value ? (settings.env.CGO_ENABLED ?? "1") : "1") : "0";
  }
  const changed: Run = {
    ...run,
    ...(name === "GOOS" ? { goos: value } : {}),
    ...(name === "GOARCH" ? { goarch: value } : {}),
    ...(name === "GOROOT" ? { goroot: value } : {}),
    ...(name === "GOMODCACHE" ? { gomodcache: value } : {}),
    ...(name === "GOCACHE" ? { gocache: value } : {}),
    rawEnvironment: { ...run.rawEnvironment, [name]: value },
    settings: { ...settings, env, envOrigin: { ...settings.envOrigin, [name]: "environment" } },
  };
  if (name !== "GOFLAGS") return changed;
  const { flags } = parseGoWords(run.command.slice(1), { text: value, origin: "GOFLAGS" });
  return withStamp({ ...changed, settings: { ...changed.settings, flags } });
}

/** -buildvcs=false leaves nothing to stamp. */
function withStamp(run: Run): Run {
  const isOff = run.settings.flags.some(({ name, value }) => name === "-buildvcs" && value === "false");
  return isOff ? { ...run, vcs: null } : run;
}

function movedTo(run: Run, place: Run): Run {
  const moves = Object.entries(run.moduleRoots).flatMap(([module, root]): [string, string][] => {
    const other = place.moduleRoots[module];
    return other === undefined || other === root ? [] : [[root, other]];
  });
  const moved = (path: string): string => {
    const move = moves.find(([root]) => path === root || path.startsWith(`${root}/`));
    return move === undefined ? path : move[1] + path.slice(move[0].length);
  };
  return {
    ...run,
    directory: run.directory === null ? null : moved(run.directory),
    moduleRoots: Object.fromEntries(
      Object.entries(run.moduleRoots).map(([module, root]) => [module, moved(root)]),
    ),
    files: run.files.map((file) => ({ ...file, path: moved(file.path) })),
  };
}

function stepsBetween(run: Run, supposed: Run): readonly NamedCause[] {
  if (run === supposed) return [];
  const steps: NamedCause[] = [];
  const was = new Map(run.settings.flags.map((flag) => [flag.name, flag.value]));
  const is = new Map(supposed.settings.flags.map((flag) => [flag.name, flag.value]));
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    if (was.get(name) === is.get(name)) continue;
    if (name === "-buildvcs") steps.push({ code: "vcs-stamp-changed", subject: "vcs" });
    else steps.push({ code: "flag-changed", subject: name });
  }
  for (const [name, value] of Object.entries(supposed.settings.env)) {
    if (isSame(run, supposed, name, value) || name === "GOFLAGS") continue;
    // What moves with GOOS or GOARCH is written by the rule for these.
    const follows = name === "CGO_ENABLED" && supposed.settings.envOrigin[name] === undefined;
    if (!follows) steps.push({ code: "env-changed", subject: name });
  }
  for (const [module, root] of Object.entries(supposed.moduleRoots)) {
    if (run.moduleRoots[module] !== root) steps.push({ code: "directory-moved", subject: module });
  }
  if (run.gomodcache !== supposed.gomodcache) steps.push({ code: "modcache-moved", subject: "GOMODCACHE" });
  if (run.goroot !== supposed.goroot) steps.push({ code: "goroot-moved", subject: "GOROOT" });
  return steps;
}

/** The build info has a variable as it was written, so that its spaces count. */
function isSame(run: Run, supposed: Run, name: string, value: string): boolean {
  const written = (each: Run): string | undefined =>
    each.settings.envOrigin[name] === undefined
      ? ""
      : (each.rawEnvironment?.[name] ?? each.settings.env[name]);
  return run.settings.env[name] === value && written(run) === written(supposed);
}

function sorted(flags: readonly Flag[]): readonly Flag[] {
  return [...flags].sort((a, b) => (a.name < b.name ? -1 : 1));
}
