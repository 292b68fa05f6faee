import { levelVariable, minorOf } from "../model/go-release.ts";
import type { Environment } from "./environment.ts";

/**
 * The variables as a test's inputs are hashed with: those of the go command's own process, which at its start sets what it has worked
 * out (main.go and envcmd.MkEnv, modload.Init; Go 1.21–1.27). So a test that asks for GOROOT, GOFLAGS or CC depends on what
 * `go env` says, whether or not the user's environment has it.
 * @param env the environment that go was started with, with PWD as it was then
 * @param goEnv all of `go env -json` of the same directory
 */
export function goProcessEnvironment(
  env: Environment,
  goEnv: Readonly<Record<string, string>>,
): (name: string) => string | undefined {
  // Of an object every name that was never seen is made a key first: a test may ask for a million of them.
  const variables = new Map(Object.entries(env));
  // Only the target's own.
  const archVariable = levelVariable(goEnv.GOARCH ?? "");
  const sets = (name: string): boolean => setByGo.has(name) || name === archVariable;
  return (name) => {
    const own = variables.get(name);
    const worked =
      sets(name) && Object.hasOwn(goEnv, name) ? goEnv[name] : defaultFor(name, variables, goEnv);
    // Go sets a variable only where os.Getenv gives another value: an unset one is not made empty.
    return worked === undefined || (own ?? "") === worked ? own : worked;
  };
}

const setByGo = new Set(
  (
    "AR CC CGO_ENABLED CXX GCCGO GO111MODULE GOARCH GOAUTH GOBIN GOCACHE GOCACHEPROG GOENV GOEXE GOEXPERIMENT GOFIPS140 GOFLAGS " +
    "GOHOSTARCH GOHOSTOS GOINSECURE GOMODCACHE GONOPROXY GONOSUMDB GOOS GOPATH GOPRIVATE GOPROXY GOROOT GOSUMDB GOTELEMETRY " +
    "GOTELEMETRYDIR GOTMPDIR GOTOOLCHAIN GOTOOLDIR GOVCS GOVERSION"
  ).split(" "),
);

/** So that git never asks for a password, where the user has not set these. */
function defaultFor(
  name: string,
  env: ReadonlyMap<string, string | undefined>,
  goEnv: Readonly<Record<string, string>>,
): string | undefined {
  if (!name.startsWith("G")) return undefined;
  const isSet = (other: string): boolean => (env.get(other) ?? "") !== "";
  // modload.Init comes to these only with modules.
  if (isSet(name) || goEnv.GO111MODULE === "off") return undefined;
  if (name === "GIT_TERMINAL_PROMPT") return "0";
  if (name === "GCM_INTERACTIVE") return "never";
  if (name === "GIT_SSH_COMMAND" && !isSet("GIT_SSH") && minorOf(goEnv.GOVERSION ?? null) < 25) {
    return "ssh -o ControlMaster=no -o BatchMode=yes";
  }
  return undefined;
}
