import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import type { DockerStage } from "../read/dockerfile.ts";

/** `-buildvcs=true` in an image whose context has no .git, or that never copies it: go stops there. */
export function dockerBuildvcsWithoutGit({ dockerfiles, dockerignore }: Checkup): readonly Sighting[] {
  const isLeftOut = ignoresGit(dockerignore ?? "");
  return dockerfiles.flatMap(({ file, stages }) =>
    stages.flatMap((stage) => inStage(file, stage, isLeftOut)),
  );
}

function inStage(file: string, { steps }: DockerStage, isLeftOut: boolean): readonly Sighting[] {
  const copied = steps.flatMap((step) => (step.kind === "copy" ? step.copy.sources : []));
  const runs = steps.flatMap((step) => (step.kind === "run" ? [step.run] : []));
  const clones = runs.some((run) =>
    run.commands.some(
      ({ words }) =>
        words[0]?.text === "git" && words.some(({ text }) => text === "clone" || text === "init"),
    ),
  );
  const hasGit = !isLeftOut && copied.some((source) => /^\.?\/?$|(?:^|\/)\.git\/?$/.test(source));
  if (hasGit || clones) return [];
  return runs.flatMap((run) =>
    run.uses.flatMap((use): readonly Sighting[] => {
      const isForced = use.command.flags.some((flag) => flag.name === "-buildvcs" && flag.value === "true");
      if (
        !isForced ||
        run.binds.some((bind) => /target=|^/.test(bind) && /\.git|source=\.|type=bind/.test(bind))
      )
        return [];
      return [
        {
          code: "docker-buildvcs-without-git",
          file,
          line: use.line,
          values: { reason: isLeftOut ? ".dockerignore leaves .git out" : "no COPY brings .git" },
          evidence: use.shown,
        },
      ];
    }),
  );
}

/** The last pattern that matches decides. */
function ignoresGit(text: string): boolean {
  let isOut = false;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    const pattern = line.replace(/^!/, "").replace(/^\/|\/$/g, "");
    if (/^(?:\*\*\/)?(?:\.git|\*|\.\*)$/.test(pattern)) isOut = !line.startsWith("!");
  }
  return isOut;
}
