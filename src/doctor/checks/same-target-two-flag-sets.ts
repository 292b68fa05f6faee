import { groupBy } from "../../util/group-by.ts";
import { type Checkup, folderOf, type GoSite } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { settingsOf } from "./build-settings.ts";
import { whereText } from "./scripts.ts";

/** Two builds of one file that write one program with different flags. */
export function sameTargetTwoFlagSets({ sites }: Checkup): readonly Sighting[] {
  const targets = sites.flatMap((site) => {
    const target = targetOf(site);
    const settings = settingsOf(site.use);
    return target === null || settings === null
      ? []
      : [{ site, target, settings: `${settings}${linkFlags(site)}` }];
  });
  return [...groupBy(targets, ({ site, target }) => `${site.use.file} ${target}`).values()].flatMap(
    (group): readonly Sighting[] => {
      const [first] = group;
      const other = group.find((each) => each.settings !== first?.settings);
      if (first === undefined || other === undefined) return [];
      const { use } = other.site;
      return [
        {
          code: "same-target-two-flag-sets",
          file: use.file,
          line: use.line,
          values: {
            target: first.target,
            one: first.settings,
            other: other.settings,
            example: `-o ${withMark(first.target)}`,
          },
          evidence: `line ${first.site.use.line} (${whereText(first.site.where)}) and line ${use.line} (${whereText(other.site.where)})`,
        },
      ];
    },
  );
}

function targetOf({ use, where }: GoSite): string | null {
  if (use.command.verb !== "build" || where.kind === "docker" || where.kind === "job") return null;
  const at = use.words.findIndex(({ text }) => /^--?o$/.test(text));
  const word = at < 0 ? use.words.find(({ text }) => /^--?o=/.test(text)) : use.words[at + 1];
  const text = word?.text.replace(/^--?o=/, "") ?? "";
  if (word === undefined || !word.isKnown || text === "" || text.endsWith("/") || text === "/dev/null")
    return null;
  const folder = folderOf(use.directory);
  return folder === null ? null : (folderOf(`${folder}/${text}`) ?? text);
}

function linkFlags({ use }: GoSite): string {
  const value = use.command.flags.find((flag) => flag.name === "-ldflags")?.value;
  return value === undefined ? "" : ` -ldflags=${value}`;
}

function withMark(target: string): string {
  return `${target}-debug`;
}
