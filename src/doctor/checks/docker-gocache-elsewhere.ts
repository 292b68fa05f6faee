import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { plain } from "../read/cache-contents.ts";
import type { DockerRun, DockerStage } from "../read/dockerfile.ts";
import { buildVerbs } from "./build-settings.ts";

/** A cache mount for compiled packages that go does not write to. */
export function dockerGocacheElsewhere({ dockerfiles }: Checkup): readonly Sighting[] {
  return dockerfiles.flatMap(({ file, stages }) => stages.flatMap((stage) => inStage(file, stage)));
}

function inStage(file: string, { steps }: DockerStage): readonly Sighting[] {
  const found: Sighting[] = [];
  let gocache: string | null = null;
  for (const step of steps) {
    if (step.kind === "env" && step.name === "GOCACHE") gocache = step.value.text;
    if (step.kind !== "run") continue;
    const use = step.run.uses.find(({ command }) => command.verb !== null && buildVerbs.has(command.verb));
    if (use === undefined) continue;
    const own = use.variables.get("GOCACHE");
    const set: string | null = own === undefined ? gocache : own.isKnown ? own.text : null;
    const mount = step.run.caches.find(({ text }) => /go-?build|gocache|go-cache/i.test(text));
    if (set === null || set.includes("$") || mount === undefined || isMounted(step.run, set)) continue;
    found.push({
      code: "docker-gocache-elsewhere",
      file,
      line: mount.line,
      values: { mount: mount.text, gocache: set, example: `--mount=type=cache,target=${set}` },
      evidence: `GOCACHE=${set}; ${use.shown}`,
    });
  }
  return found;
}

function isMounted({ caches }: DockerRun, gocache: string): boolean {
  const below = plain(gocache);
  return caches.some(({ text }) => below === plain(text) || below.startsWith(`${plain(text)}/`));
}
