import type { VcsFacts } from "../../model/run.ts";
import { infoLine } from "../draft.ts";
import type { OutsideValues } from "../outside-values.ts";
import { isCode, type KeyRule } from "../rule.ts";

/** The stamp of a program in a git checkout: four entries, and from Go 1.24 on the main module's version. */
export const vcsStamp: KeyRule = {
  name: "vcs-stamp",
  fits: isCode("vcs-stamp-changed"),
  apply(draft, site) {
    if (!draft.has("modinfo")) return [draft];
    const { before } = site;
    if (before.vcs === undefined) return [];
    const facts = before.flag("-buildvcs") === "false" ? null : before.vcs;
    // Git is asked beside the build, whose own output may have made the checkout dirty in between.
    const states = facts === null ? [null] : [facts, { ...facts, modified: !facts.modified }];
    return states.map((state) => {
      const other = draft.copy();
      other.setInfo("vcs", state === null ? null : "git");
      other.setInfo("vcs.revision", state?.revision ?? null);
      other.setInfo("vcs.time", state === null ? null : timeOf(state.time));
      other.setInfo("vcs.modified", state === null ? null : String(state.modified));
      if (other.has("modinfo mod version")) {
        const path = /^mod\\t(.*)$/s.exec(other.text("modinfo mod path") ?? "")?.[1] ?? "";
        other.set("modinfo mod version", infoLine(`\t${versionOf(path, state, before)}`));
      }
      return other;
    });
  },
};

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

interface Version {
  readonly text: string;
  readonly numbers: readonly [number, number, number];
  readonly pre: string;
}

/** The tag of the commit, else a version counted from the highest tag below it (modfetch, x/mod/module PseudoVersion). */
function versionOf(path: string, state: VcsFacts | null, values: OutsideValues): string {
  if (state === null || values.release < 24) return "(devel)";
  const major = Number(/\/v(\d+)$/.exec(path)?.[1] ?? -1);
  const fits = (version: Version): boolean =>
    major < 0 ? version.numbers[0] < 2 : version.numbers[0] === major;
  const known = state.tags.flatMap(({ name, commit }) => {
    const version = versionFrom(name);
    return version !== null && fits(version) ? [{ version, commit }] : [];
  });
  known.sort((a, b) => compareVersions(b.version, a.version));
  const own = known.find(({ commit }) => commit === state.revision)?.version.text;
  const version = own ?? pseudoVersion(known[0]?.version ?? null, Math.max(major, 0), state);
  return state.modified ? `${version}+dirty` : version;
}

function versionFrom(tag: string): Version | null {
  const found = /^v(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?$/.exec(tag);
  if (found === null) return null;
  return {
    text: tag,
    numbers: [Number(found[1]), Number(found[2]), Number(found[3])],
    pre: found[4] ?? "",
  };
}

function compareVersions(a: Version, b: Version): number {
  for (const index of [0, 1, 2] as const) {
    if (a.numbers[index] !== b.numbers[index]) return a.numbers[index] - b.numbers[index];
  }
  if (a.pre === b.pre) return 0;
  if (a.pre === "" || b.pre === "") return a.pre === "" ? 1 : -1;
  return a.pre < b.pre ? -1 : 1;
}

function pseudoVersion(base: Version | null, major: number, state: VcsFacts): string {
  const time = timeOf(state.time).replace(/[-:TZ]/g, "");
  const tail = `${time}-${state.revision.slice(0, 12)}`;
  if (base === null) return `v${major}.0.0-${tail}`;
  const [first, second, third] = base.numbers;
  return base.pre === ""
    ? `v${first}.${second}.${third + 1}-0.${tail}`
    : `v${first}.${second}.${third}${base.pre}.0.${tail}`;
}
