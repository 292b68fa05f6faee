import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { plain } from "../read/cache-contents.ts";
import { oncePerPlace } from "./cache-key.ts";

/** Paths of GitLab's caches that lie outside the project's directory. */
export function cachePathOutsideProject({ jobs }: Checkup): readonly Sighting[] {
  const caches = jobs.filter((job) => job.system === "gitlab").flatMap((job) => job.caches);
  return oncePerPlace(
    caches.flatMap((cache) =>
      cache.paths.flatMap(({ text, line }): readonly Sighting[] => {
        const path = plain(text);
        // A checkout may lie in /builds of the runner.
        const isOutside = /^(?:~|\/(?!builds\/)|\.\.(?:\/|$)|\$\{?(?:HOME|GOPATH|GOROOT)\b)/.test(path);
        if (!isOutside) return [];
        const isModules = /mod/.test(path);
        const variable = isModules ? "GOMODCACHE" : "GOCACHE";
        const folder = isModules ? ".cache/go-mod" : ".cache/go-build";
        const example = `variables: ${variable}: $CI_PROJECT_DIR/${folder}, and in the paths ${folder}/`;
        return [
          {
            code: "cache-path-outside-project",
            file: cache.file,
            line,
            values: { path: text, example },
            evidence: `cache path ${text}`,
          },
        ];
      }),
    ),
  );
}
