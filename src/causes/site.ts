import type { ComparedInputs } from "../compare/compare-runs.ts";
import type { RunAction } from "../model/run.ts";
import type { CauseFact } from "./cause.ts";
import { type Place, placeOf } from "./place.ts";
import { moduleOrigin, type Worlds } from "./world.ts";

/** What one changed input of an action comes from. */
export type Attribution =
  | {
      readonly type: "causes";
      readonly facts: readonly CauseFact[];
      /** Deduced from other signs, since the file itself could not be looked into. */
      readonly inferred?: boolean;
    }
  /** The output (or, with `byKey`, the inputs) of another action; `content` (or its ID) as the now-line has it. */
  | {
      readonly type: "dependency";
      readonly on: "build" | "vet" | "link";
      readonly package: string;
      readonly content: string | null;
      readonly byKey: boolean;
    }
  /** It only goes along with the action's own other changes: an import that an edited file brought. */
  | { readonly type: "follows" }
  | { readonly type: "unknown" };

/** One action whose key changed, with all that a rule may look at. */
export interface Site {
  readonly action: RunAction;
  readonly inputs: ComparedInputs;
  /** Of a link: the inputs of its main package's build, which has what the link lacks (the go line). */
  readonly mainInputs: ComparedInputs | null;
  readonly worlds: Worlds;
  readonly placeBefore: Place;
  readonly placeNow: Place;
  /** The cause that moved the whole package: its module's version or its replacement. */
  readonly module: CauseFact | null;
  /** The causes of a changed directory; empty where it is the same. */
  readonly directory: readonly CauseFact[];
}

export function siteOf(
  action: RunAction,
  inputs: ComparedInputs,
  mainInputs: ComparedInputs | null,
  worlds: Worlds,
): Site {
  const name = action.package;
  const placeBefore = placeOf(name, inputs.before, worlds.before.run, worlds.before.modules);
  const placeNow = placeOf(name, inputs.now, worlds.now.run, worlds.now.modules);
  // With -trimpath on one side alone a directory stands against a module's name: no move can be told from it.
  const isComparable =
    inputs.before.has("trimpath") === inputs.now.has("trimpath") || placeBefore.kind === placeNow.kind;
  const moved = isComparable ? placeFacts(placeBefore, placeNow, worlds) : { module: null, all: [] };
  return {
    action,
    inputs,
    mainInputs,
    worlds,
    placeBefore,
    placeNow,
    module: moved.module,
    directory: moved.all,
  };
}

export const causes = (...facts: readonly CauseFact[]): Attribution => ({ type: "causes", facts });

export const follows: Attribution = { type: "follows" };

export const unknown: Attribution = { type: "unknown" };

/** What moved a package: its module's version, a replacement, the checkout, the module cache. */
export function placeFacts(
  before: Place,
  now: Place,
  worlds: Worlds,
): { module: CauseFact | null; all: readonly CauseFact[] } {
  if (
    now.kind === "standard" ||
    before.kind === "standard" ||
    now.kind === "generated" ||
    before.kind === "generated"
  ) {
    return { module: null, all: [] };
  }
  if (before.kind === now.kind && now.kind !== "replaced") {
    const all: CauseFact[] = [];
    let module: CauseFact | null = null;
    if (
      now.kind === "modcache" &&
      now.module !== null &&
      (before.module !== now.module || before.version !== now.version)
    ) {
      module = {
        code: "module-version-changed",
        subject: now.module,
        before: before.module === now.module ? before.version : `${before.module}@${before.version}`,
        now: now.version,
        origin: "go.mod",
      };
      all.push(module);
    }
    if (before.root !== now.root && before.root !== null && now.root !== null) {
      all.push(
        now.kind === "modcache"
          ? {
              code: "modcache-moved",
              subject: "GOMODCACHE",
              before: before.root,
              now: now.root,
              origin: envOriginOf(worlds, "GOMODCACHE"),
            }
          : movedCheckout(now.module ?? worlds.now.run.module ?? "", before.root, now.root),
      );
    }
    return { module, all };
  }
  const checkout = sameUnderMovedRoot(before, now, worlds);
  if (checkout !== null) return { module: null, all: [checkout] };
  if (before.directory === now.directory && before.directory !== null) return { module: null, all: [] };
  const subject = (now.kind === "main" ? before.module : now.module) ?? before.module ?? now.module ?? "";
  const module: CauseFact = {
    code: "module-replaced",
    subject,
    before: describe(before),
    now: describe(now),
    origin: moduleOrigin(worlds),
  };
  return { module, all: [module] };
}

function movedCheckout(subject: string, before: string, now: string): CauseFact {
  return { code: "directory-moved", subject, before, now, origin: "file system" };
}

/** A replaced module below a main module's root moves with the checkout. */
function sameUnderMovedRoot(before: Place, now: Place, worlds: Worlds): CauseFact | null {
  if (before.directory === null || now.directory === null) return null;
  for (const [path, root] of worlds.now.modules.roots) {
    const earlier = worlds.before.modules.roots.get(path);
    if (root === null || earlier === undefined || earlier === null || root === earlier) continue;
    if (
      before.directory.startsWith(`${earlier}/`) &&
      now.directory === root + before.directory.slice(earlier.length)
    ) {
      return movedCheckout(path, earlier, root);
    }
  }
  return null;
}

function describe(place: Place): string | null {
  switch (place.kind) {
    case "modcache":
      return place.version;
    case "vendor":
      return "vendor";
    case "main":
    case "replaced":
    case "standard":
    case "generated":
      return place.directory;
  }
}

function envOriginOf(worlds: Worlds, name: string): "environment" | "go env file" | null {
  return worlds.now.run.settings.envOrigin[name] ?? worlds.before.run.settings.envOrigin[name] ?? null;
}
