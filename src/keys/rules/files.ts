import type { Draft } from "../draft.ts";
import { classOf } from "../package-source.ts";
import { placeOfPackage } from "../place-of-package.ts";
import { isCode, isFlag, type KeyRule } from "../rule.ts";
import type { NamedCause, ProofSite } from "../site.ts";
import { bytes, isStandard } from "./directory.ts";

/** An edited file: the digest that was recorded of its earlier content. */
export const fileEdited: KeyRule = {
  name: "file-edited",
  fits: isCode("file-edited"),
  apply(draft, site, cause) {
    if (draft.kind !== "build") return [draft];
    const file = fileOf(draft, site, cause);
    if (file === null || file.hash === null) return [];
    if (!draft.has(`file ${file.name}`)) return inserted(draft, file.name, file.hash);
    draft.set(`file ${file.name}`, `file ${file.name} ${file.hash}\n`);
    return [draft];
  },
  choosesFiles: true,
};

/** A file that was not there. */
export const fileAdded: KeyRule = {
  name: "file-added",
  fits: isCode("file-added"),
  apply(draft, site, cause) {
    if (draft.kind !== "build") return [draft];
    const file = fileOf(draft, site, cause);
    if (file === null || file.hash !== null) return [];
    draft.set(`file ${file.name}`, null);
    return [draft];
  },
  choosesFiles: true,
};

/** A file that is gone: in its place among the others, with the digest that was recorded of it. */
export const fileRemoved: KeyRule = {
  name: "file-removed",
  fits: isCode("file-removed"),
  apply(draft, site, cause) {
    if (draft.kind !== "build") return [draft];
    const file = fileOf(draft, site, cause);
    if (file === null || file.hash === null) return [];
    return inserted(draft, file.name, file.hash);
  },
  choosesFiles: true,
};

/** A file that -overlay replaced, or replaces now: the digest of what Go took then. */
export const overlay: KeyRule = {
  name: "overlay",
  fits: (cause) => cause.code === "overlay-changed" || isFlag("-overlay")(cause),
  apply(draft, site, cause) {
    if (draft.kind !== "build") return [draft];
    const file = fileOf(draft, site, cause);
    if (file === null) return [];
    if (file.hash !== null && !draft.has(`file ${file.name}`)) return inserted(draft, file.name, file.hash);
    draft.set(`file ${file.name}`, file.hash === null ? null : `file ${file.name} ${file.hash}\n`);
    return [draft];
  },
  choosesFiles: true,
};

/** Name in the package's directory and earlier digest of the file that a cause names; null where it lies elsewhere. */
function fileOf(
  draft: Draft,
  site: ProofSite,
  { subject }: NamedCause,
): { readonly name: string; readonly hash: string | null } | null {
  const place = placeOfPackage(site.package, isStandard(draft), site.before);
  const dir = draft.text("dir")?.slice(4, -1) ?? null;
  const directory = dir === null ? (place?.directory ?? null) : Buffer.from(dir, "latin1").toString();
  if (directory === null) return null;
  for (const path of pathsOf(subject, site)) {
    if (!path.startsWith(`${directory}/`)) continue;
    return { name: bytes(path.slice(directory.length + 1)), hash: site.before.files.get(path) ?? null };
  }
  return null;
}

/** A subject is relative to the main module, or to the folder that holds all main modules. */
export function pathsOf(subject: string, site: ProofSite): readonly string[] {
  const roots = Object.values(site.before.moduleRoots);
  const parents = roots.flatMap((root) => {
    const parts = root.split("/");
    return parts.map((_part, index) => parts.slice(0, parts.length - index).join("/"));
  });
  return [...new Set([...roots, ...(roots.length > 1 ? parents : [])])].map((root) => `${root}/${subject}`);
}

/** In Go's order: by class, then by name; a Go file may use cgo or not. */
function inserted(draft: Draft, name: string, hash: string): readonly Draft[] {
  const line = { input: `file ${name}`, text: `file ${name} ${hash}\n` };
  const files = draft
    .segments()
    .filter((segment) => segment.input.startsWith("file ") && segment.input !== line.input);
  const last = files.map((file) => classOf(file.input.slice(5)));
  const own = classOf(name);
  const places = new Set<number>();
  // Embedded files keep the order of their patterns: each place behind the sources is possible.
  const isLate = own >= 11;
  for (let at = 0; at <= files.length; at++) {
    const left = last[at - 1] ?? -1;
    const right = last[at] ?? 99;
    if (left > own || right < own) continue;
    const after = files[at - 1]?.input.slice(5) ?? "";
    const next = files[at]?.input.slice(5) ?? "";
    const sorted = (left < own || after < name) && (right > own || name < next);
    if (sorted || isLate || own === 0) places.add(at);
  }
  return [...places].slice(0, 16).map((at) => {
    const other = draft.copy();
    other.setNamed("file", [...files.slice(0, at), line, ...files.slice(at)]);
    return other;
  });
}
