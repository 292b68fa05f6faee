import { groupBy } from "../../util/group-by.ts";
import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { type KeyedCache, oncePerPlace, savedBuildCaches, spelled } from "./cache-key.ts";

/** One key, several platforms: in one job's matrix, or in several jobs. */
export function cacheKeyNoPlatform({ jobs }: Checkup): readonly Sighting[] {
  const byKey = groupBy(savedBuildCaches(jobs), ({ job, key }) => `${job.system} ${key.text}`);
  return oncePerPlace(
    [...byKey.values()].flatMap((group): readonly Sighting[] => {
      const [first] = group;
      if (first === undefined || first.key.parts.platform || first.key.parts.isUnclear) return [];
      const platforms = [...new Set(group.flatMap(platformsOf))].sort();
      if (platforms.length < 2) return [];
      return group.map(({ job, cache, key }) => ({
        code: "cache-key-no-platform",
        file: cache.file,
        line: key.line,
        values: {
          key: key.text,
          platforms: platforms.join(", "),
          example: `key: ${spelled[job.system].platform}-${key.text}`,
        },
        evidence: `jobs ${[...new Set(group.map((each) => each.job.name))].join(", ")}`,
      }));
    }),
  );
}

/** `linux/amd64` and its like of the labels that name one; GitLab's tags name what people like. */
function platformsOf({ job }: KeyedCache): readonly string[] {
  if (job.system === "gitlab") return [];
  return (job.platforms ?? []).flatMap((label) => {
    const os = /windows/i.test(label)
      ? "windows"
      : /mac|darwin|xcode/i.test(label)
        ? "macOS"
        : /ubuntu|linux/i.test(label)
          ? "Linux"
          : null;
    if (os === null) return [];
    return [`${os} ${/arm|aarch64/i.test(label) ? "arm64" : "x64"}`];
  });
}
