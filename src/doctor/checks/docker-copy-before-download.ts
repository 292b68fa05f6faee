import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import type { DockerCopy, DockerStage } from "../read/dockerfile.ts";

/** The whole context is copied before modules are downloaded: each changed file downloads all of them again. */
export function dockerCopyBeforeDownload({ dockerfiles }: Checkup): readonly Sighting[] {
  return dockerfiles.flatMap(({ file, stages }) => stages.flatMap((stage) => inStage(file, stage)));
}

function inStage(file: string, { steps }: DockerStage): readonly Sighting[] {
  let whole: DockerCopy | null = null;
  for (const step of steps) {
    if (step.kind === "copy" && isWhole(step.copy)) whole ??= step.copy;
    if (step.kind !== "run" || whole === null) continue;
    const download = step.run.uses.find(
      ({ command, words }) => command.verb === "mod" && words[1]?.text === "download",
    );
    // With a cache mount modules stay, whatever layer is made again; a bind mount needs no copy.
    if (download === undefined || step.run.caches.length > 0) continue;
    return [
      {
        code: "docker-copy-before-download",
        file,
        line: whole.line,
        values: { line: String(download.line), example: "COPY go.mod go.sum ./" },
        evidence: `line ${whole.line} copies all, line ${download.line} downloads`,
      },
    ];
  }
  return [];
}

function isWhole({ sources, isForeign }: DockerCopy): boolean {
  return !isForeign && sources.length === 1 && /^\.?\/?$|^\.\/\.$/.test(sources[0] ?? "");
}
