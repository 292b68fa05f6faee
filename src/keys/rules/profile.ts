import { digestOf } from "../../model/ids.ts";
import { quote } from "../../util/go-quote.ts";
import type { Draft } from "../draft.ts";
import { isOn } from "../outside-values.ts";
import { isCode, type KeyRule } from "../rule.ts";
import type { NamedCause, ProofSite } from "../site.ts";
import { toolId } from "../tool-id.ts";

/** A PGO profile: a line in every package of its program, and its path in the program's build info. */
export const profile: KeyRule = {
  name: "profile",
  fits: (cause) =>
    isCode("pgo-profile-changed")(cause) || (cause.code === "flag-changed" && cause.subject === "-pgo"),
  apply(draft, site, cause) {
    const path = pathOf(site, cause);
    const hash = path === null ? null : (site.before.files.get(path) ?? null);
    if (path === null || hash === null) {
      draft.set("pgofile", null);
      draft.setInfo("-pgo", null);
      return [draft];
    }
    const line = site.before.release <= 22 ? hash : preprocessed(hash, site);
    if (line === null) return [];
    if (draft.kind === "build") draft.set("pgofile", `pgofile ${line}\n`);
    const shown = isOn(site.before.flag("-trimpath")) ? path.slice(path.lastIndexOf("/") + 1) : path;
    if (hasProgram(draft)) draft.setInfo("-pgo", shown);
    return [draft];
  },
};

function hasProgram(draft: Draft): boolean {
  return draft.has("modinfo");
}

function pathOf(site: ProofSite, cause: NamedCause): string | null {
  const flag = site.before.flag("-pgo");
  if (flag === "off") return null;
  if (flag !== null && flag !== "auto") return flag;
  const root = Object.values(site.before.moduleRoots)[0] ?? "";
  return cause.subject.startsWith("/") ? cause.subject : `${root}/${cause.subject}`;
}

/** From Go 1.23 on the line names what `go tool preprofile` made of the profile: the cache has it under this key. */
function preprocessed(hash: string, site: ProofSite): string | null {
  const { goVersion } = site.before;
  const tool = toolId("preprofile", site.before);
  return site.outputOf(
    digestOf(`${goVersion}preprocess PGO profile\npreprofile ${tool}\ninput ${quote(hash)}\n`),
  );
}
