import { type Checkup, folderOf, type GoSite, moduleOf } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { oncePerPlace } from "./cache-key.ts";

/** `go build ./...` in a module with programs: all are linked, and thrown away. */
export function buildMainsWithoutOutput(checkup: Checkup): readonly Sighting[] {
  return oncePerPlace(
    checkup.sites.flatMap((site): readonly Sighting[] => {
      const { use } = site;
      const { command } = use;
      if (command.verb !== "build" || site.where.kind === "docker" || command.dryRun) return [];
      if (command.flags.some((flag) => flag.name === "-o" || flag.name === "-buildmode") || !use.isKnown)
        return [];
      const mains = mainsOf(site, checkup);
      if (mains.length === 0) return [];
      const isJob = site.where.kind === "job";
      return [
        {
          code: "build-mains-without-output",
          file: use.file,
          line: use.line,
          values: {
            count: mains.length === 1 ? "1 program" : `${mains.length} programs`,
            command: `go build ${command.packages.join(" ")}`,
            example: isJob
              ? `go vet ${command.packages.join(" ")} finds what does not compile, and links nothing`
              : `-o bin/ keeps the programs, and links those alone that changed; go vet ${command.packages.join(" ")} links none`,
          },
          evidence: `${use.shown}: ${mains.slice(0, 4).join(", ")}${mains.length > 4 ? ", …" : ""}`,
        },
      ];
    }),
  );
}

/** Programs that the patterns name; none where a single one is named, which go build keeps. */
function mainsOf({ use }: GoSite, checkup: Checkup): readonly string[] {
  const start = folderOf(
    use.command.chdir === null ? use.directory : `${use.directory}/${use.command.chdir}`,
  );
  if (start === null) return [];
  const mains = checkup.mains();
  const found = use.command.packages.flatMap((pattern) => {
    if (!/^\.{1,2}(?:\/|$)/.test(pattern)) return [];
    const folder = folderOf(`${start}/${pattern.replace(/\/?\.\.\.$/, "")}`);
    if (folder === null) return [];
    if (!pattern.endsWith("...")) return mains.filter((main) => main === folder);
    const module = moduleOf(folder, checkup.modules);
    return mains.filter(
      (main) =>
        (folder === "." || main === folder || main.startsWith(`${folder}/`)) &&
        moduleOf(main, checkup.modules) === module,
    );
  });
  const isOne = use.command.packages.length === 1 && !use.command.packages[0]?.endsWith("...");
  return isOne ? [] : [...new Set(found)].sort();
}
