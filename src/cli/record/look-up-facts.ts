import { readFileSync } from "node:fs";
import { readCompilerVersions } from "../../go/compiler-versions.ts";
import { readGitFacts } from "../../go/git-facts.ts";
import { readHead } from "../../go/git-head.ts";
import { readOverlay } from "../../go/overlay-facts.ts";
import type { GoSettings } from "../../go/settings.ts";
import { readToolVersions } from "../../go/tool-versions.ts";
import { moduleFactsOf } from "../../model/module-facts.ts";
import type { Flag, Run } from "../../model/run.ts";
import type { Ground } from "./ground.ts";

/** What earlier keys are proven with later; none of it comes from a key's own inputs. */
export type OutsideFacts = Pick<
  Run,
  "rawEnvironment" | "modules" | "vcs" | "compilers" | "tools" | "overlay"
>;

/**
 * @param isFresh go was asked for inputs that nobody knew: then git and the compilers are asked too. Else all keys are
 *   those of earlier runs, and so are the facts.
 */
export async function lookUpFacts(input: {
  readonly ground: Ground;
  readonly settings: GoSettings | null;
  readonly flags: readonly Flag[];
  readonly env: Readonly<Record<string, string>>;
  readonly baseline: Run | null;
  readonly isFresh: boolean;
}): Promise<OutsideFacts> {
  const { ground, settings, env, baseline } = input;
  const flag = (name: string): string | null => input.flags.find((each) => each.name === name)?.value ?? null;
  const head = readHead(ground.directory);
  const asGit = input.isFresh && flag("-buildvcs") !== "false";
  const overlay = flag("-overlay");
  const isWrapped = flag("-toolexec") !== null || flag("-vettool") !== null;
  const [vcs, compilers, tools] = await Promise.all([
    head === null ? null : asGit ? readGitFacts(ground.directory, env) : earlierStamp(baseline, head),
    input.isFresh && settings !== null && settings.env.CGO_ENABLED === "1"
      ? readCompilerVersions(settings.env, env, ground.directory)
      : earlierCompilers(baseline, settings),
    !isWrapped
      ? undefined
      : input.isFresh && settings !== null
        ? readToolVersions(flag, settings.env.GOTOOLDIR ?? "", env, ground.directory)
        : baseline?.tools,
  ]);
  return {
    modules: moduleFactsOf(ground.modules, ground.gowork, flag("-mod"), readText),
    rawEnvironment: settings === null ? {} : rawVariables(settings, env),
    ...(vcs === undefined ? {} : { vcs }),
    ...(compilers === undefined ? {} : { compilers }),
    ...(tools === undefined ? {} : { tools }),
    ...(overlay === null ? {} : { overlay: readOverlay(overlay, ground.directory) }),
  };
}

function earlierStamp(baseline: Run | null, head: string): Run["vcs"] {
  return baseline?.head === head ? baseline.vcs : undefined;
}

function earlierCompilers(baseline: Run | null, settings: GoSettings | null): Run["compilers"] {
  const isSame = ["CC", "CXX"].every((name) => baseline?.settings.env[name] === settings?.env[name]);
  return isSame ? baseline?.compilers : undefined;
}

/** `go env` joins the words of these anew; the build info has them as they were written. */
const respaced = ["CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS"];

function rawVariables(
  settings: GoSettings,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const raw: Record<string, string> = {};
  for (const name of respaced) {
    const origin = settings.envOrigin[name];
    const value =
      origin === "environment" ? env[name] : origin === undefined ? undefined : inFile(name, settings);
    if (value !== undefined && value !== settings.env[name]) raw[name] = value;
  }
  return raw;
}

function inFile(name: string, settings: GoSettings): string | undefined {
  const text = settings.env.GOENV === undefined ? null : readText(settings.env.GOENV);
  const line = text?.split("\n").find((each) => each.startsWith(`${name}=`));
  return line === undefined ? undefined : line.slice(name.length + 1);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
