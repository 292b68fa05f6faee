import { digestOf } from "../../model/ids.ts";
import { quote } from "../../util/go-quote.ts";
import type { Draft } from "../draft.ts";
import { isOn, type OutsideValues } from "../outside-values.ts";
import { isCode, type KeyRule } from "../rule.ts";
import type { NamedCause, ProofSite } from "../site.ts";
import { toolId } from "../tool-id.ts";

/** A PGO profile: a line in every package of its program, and its path in the program's build info. */
export const profile: KeyRule = {
  name: "profile",
  fits: (cause) =>
    isCode("pgo-profile-changed")(cause) || (cause.code === "flag-changed" && cause.subject === "-pgo"),
  apply(draft, site, cause) {
    const paths = pathsOf(draft, site, cause);
    const known = paths.flatMap((path) => {
      const hash = site.before.files.get(path);
      return hash === undefined ? [] : [{ path, hash }];
    });
    const made = known.flatMap(({ path, hash }): Draft[] => {
      const line = site.before.release <= 22 ? hash : preprocessed(hash, site);
      if (line === null) return [];
      const other = draft.copy();
      if (draft.kind === "build") other.set("pgofile", `pgofile ${line}\n`);
      other.setInfo("-pgo", shownProfile(path, site.before));
      return [other];
    });
    const without = draft.copy();
    without.set("pgofile", null);
    without.setInfo("-pgo", null);
    if (known.length > 0 && made.length === 0) return [];
    // Of several programs in one command each has its own, or none.
    return paths.length === 1 && made.length === 1 ? made : [...made, without];
  },
};

/** The build info has a profile's whole path, its name alone under -trimpath. */
export function shownProfile(path: string, values: OutsideValues): string {
  return isOn(values.flag("-trimpath")) ? path.slice(path.lastIndexOf("/") + 1) : path;
}

/** Where the earlier profile may have been: what -pgo names, else the default.pgo of each program. */
export function pathsOf(draft: Draft, site: ProofSite, cause: NamedCause | null): readonly string[] {
  const { before } = site;
  const flag = before.flag("-pgo");
  if (flag === "off") return [];
  if (flag !== null && flag !== "auto") return [flag.startsWith("/") ? flag : `${before.directory}/${flag}`];
  if (cause?.code === "pgo-profile-changed") {
    const root = Object.values(before.moduleRoots)[0] ?? "";
    return [cause.subject.startsWith("/") ? cause.subject : `${root}/${cause.subject}`];
  }
  const dir = draft.text("dir");
  if (dir !== null && draft.has("modinfo")) {
    return [`${Buffer.from(dir.slice(4, -1), "latin1").toString()}/default.pgo`];
  }
  return [...before.files.keys()].filter((path) => path.endsWith("/default.pgo"));
}

/** From Go 1.23 on the line names what `go tool preprofile` made of the profile: the cache has it under this key. */
function preprocessed(hash: string, site: ProofSite): string | null {
  const { goVersion } = site.before;
  const tool = toolId("preprofile", site.before);
  return site.outputOf(
    digestOf(`${goVersion}preprocess PGO profile\npreprofile ${tool}\ninput ${quote(hash)}\n`),
  );
}
