import { type Checkup, folderOf } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import type { Job } from "../pipeline.ts";

/** Images that GitHub's own machines build: cache mounts are empty there, whatever cache-to exports. */
export function dockerMountNotSaved({ jobs, dockerfiles }: Checkup): readonly Sighting[] {
  const found = new Map<string, Sighting>();
  for (const job of jobs) {
    if (job.system !== "github" || !isFresh(job) || job.actions.some(({ name }) => savers.test(name)))
      continue;
    for (const step of job.actions) {
      if (!/^docker\/build-push-action@/.test(step.name)) continue;
      const file = dockerfileOf(
        step.inputs.get("file")?.text ?? null,
        step.inputs.get("context")?.text ?? null,
      );
      const dockerfile = dockerfiles.find((each) => each.file === file);
      const mount = dockerfile?.stages
        .flatMap((stage) => stage.steps)
        .flatMap((each) => (each.kind === "run" ? each.run.caches : []))
        .find(({ text }) => /go-?build|gocache|go-cache|\/\.cache\/?$/i.test(text));
      if (dockerfile === undefined || mount === undefined || found.has(dockerfile.file)) continue;
      found.set(dockerfile.file, {
        code: "docker-mount-not-saved",
        file: dockerfile.file,
        line: mount.line,
        values: { mount: mount.text, place: `${step.file}:${step.line}` },
        evidence: `${step.file}:${step.line} uses ${step.name} on ${job.platforms?.join(", ")}`,
      });
    }
  }
  return [...found.values()];
}

/** Actions that carry cache mounts over, or builders that stay. */
const savers = /cache-dance|depot\/|blacksmith|namespacelabs|nscloud|warpbuild|buildjet|useblacksmith/i;

/** GitHub's own machines are new for each job. */
function isFresh(job: Job): boolean {
  const labels = job.platforms ?? [];
  return labels.length > 0 && labels.every((label) => /^(?:ubuntu|windows|macos)-[\w.-]+$/.test(label));
}

function dockerfileOf(file: string | null, context: string | null): string | null {
  if (file !== null) return /\$\{\{/.test(file) ? null : folderOf(file);
  const folder = context === null || /\$\{\{/.test(context) ? "." : folderOf(context);
  return folder === null ? null : folder === "." ? "Dockerfile" : `${folder}/Dockerfile`;
}
