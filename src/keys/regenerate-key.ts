import type { Run, RunAction } from "../model/run.ts";
import type { Segment } from "../model/segments.ts";
import { quote } from "../util/go-quote.ts";
import { type Draft, draftOf } from "./draft.ts";
import { type Disk, type OutsideValues, outsideValuesOf, wordsOf } from "./outside-values.ts";
import { importLines, importsFromSource, reread } from "./reread.ts";
import type { KeyRule } from "./rule.ts";
import { pathsOf } from "./rules/files.ts";
import { withModuleList } from "./rules/modules.ts";
import { keyRules } from "./rules.ts";
import { earlierBuild, moduleOf, type NamedCause, type ProofSite } from "./site.ts";

export interface RegeneratorGround {
  /** What lay outside then: a recorded run, or one that is only assumed. */
  readonly before: Run;
  readonly now: Run;
  readonly disk: Disk;
  /** Short output ID that the cache has under a key. */
  readonly outputOf: (digest: string) => string | null;
  /** The inputs of an action of the now-run; null where they are not known. */
  readonly inputsNow: (key: string) => readonly Segment[] | null;
  /** An action as it was then, its ID and output; null where that is not known. */
  readonly earlier: (key: string) => RunAction | null;
  /** The inputs that an action had then, where they were regenerated; null where they were not. */
  readonly inputsBefore: (key: string) => readonly Segment[] | null;
  /** Names of packages that were built then. */
  readonly earlierPackages: ReadonlySet<string>;
}

export type Depth = "lines" | "files" | "edits";

export interface Regenerator {
  /**
   * An action's inputs with what each cause changed written as Go would have written it then: all that comes into question, from
   * the cheapest to the dearest. A text in their place says why there is none.
   * @param depth `lines`: without looking into any source; `files`: sources are read for the files and imports that they have,
   *   but no imports are guessed that an edit may have taken or brought
   */
  candidates(action: RunAction, causes: readonly NamedCause[], depth?: Depth): Iterable<Draft> | string;
}

/** More drafts than this are not tried for one action. */
const candidateLimit = 64;

export function createRegenerator(
  ground: RegeneratorGround,
  rules: readonly KeyRule[] = keyRules,
): Regenerator {
  const before: OutsideValues = outsideValuesOf(ground.before, ground.disk);
  const now = outsideValuesOf(ground.now, ground.disk);
  const present = new Map(ground.now.actions.map((action) => [action.key, action]));
  /** Package → its imports then: programs of one command share most of their packages. */
  const importsOf = new Map<string, readonly string[]>();

  function candidates(
    action: RunAction,
    causes: readonly NamedCause[],
    depth: Depth = "edits",
  ): Iterable<Draft> | string {
    const inputs = ground.inputsNow(action.key);
    if (inputs === null || action.kind === "test") return "its inputs are not recorded";
    const site = siteOf(action);
    const chosen: [KeyRule, NamedCause][] = [];
    for (const cause of causes) {
      const rule = rules.find((each) => each.fits(cause));
      if (rule === undefined) return `no rule regenerates ${cause.subject}`;
      chosen.push([rule, cause]);
    }
    chosen.sort(([a], [b]) => rules.indexOf(a) - rules.indexOf(b));
    let drafts: readonly Draft[] = [draftOf(action.kind, before.release, inputs)];
    for (const [rule, cause] of chosen) {
      drafts = drafts.flatMap((draft) => rule.apply(draft.copy(), site, cause)).slice(0, candidateLimit);
      if (drafts.length === 0) return `the earlier value of ${cause.subject} is not recorded`;
    }
    if (depth === "lines") return drafts.map((draft) => withOutputs(draft, site));
    const choosesFiles = chosen.some(([rule]) => rule.choosesFiles === true);
    const added = new Set(
      chosen.flatMap(([, cause]) => (cause.code === "file-added" ? pathsOf(cause.subject, site) : [])),
    );
    return variants(drafts, site, choosesFiles ? added : null, depth);
  }

  function siteOf(action: RunAction): ProofSite {
    return {
      kind: action.kind,
      package: action.package,
      variant: action.variant,
      before,
      now,
      disk: ground.disk,
      earlier: ground.earlier,
      module: moduleOf(action.package.replace(/_test$/, ""), [before, now]),
      earlierPackages: ground.earlierPackages,
      outputOf: ground.outputOf,
    };
  }

  /** From the cheapest to the dearest: the lines alone; the package read again; other imports of an edited file. */
  function* variants(
    drafts: readonly Draft[],
    site: ProofSite,
    added: ReadonlySet<string> | null,
    depth: Depth,
  ): Generator<Draft> {
    const settled = drafts.map((draft) => withOutputs(draft, site));
    yield* settled;
    yield* settled.flatMap((draft) => withModules(draft, site) ?? []);
    if (site.kind === "link") {
      for (const draft of settled) {
        const other = withPackages(draft, site);
        if (other !== null) yield other;
      }
      return;
    }
    if (site.kind !== "build" || added === null) return;
    for (const draft of drafts) {
      const other = reread(draft, site, added);
      if (other === null) continue;
      const whole = withOutputs(other, site);
      yield whole;
      yield* [withModules(whole, site) ?? []].flat();
    }
    if (depth === "files") return;
    let left = candidateLimit;
    for (const draft of settled) {
      for (const other of otherImports(draft, site)) {
        if (left-- <= 0) return;
        yield other;
        yield* [withModules(other, site) ?? []].flat();
      }
    }
  }

  /** In the place of dependencies' outputs those that the earlier run recorded. */
  function withOutputs(draft: Draft, site: ProofSite): Draft {
    const out = draft.copy();
    out.replaceAll(
      draft.segments().map((segment) => {
        const text = earlierOutput(segment.input, site);
        return text === null ? segment : { input: segment.input, text };
      }),
    );
    return out;
  }

  /** The line of a dependency's output; null for any other input, and where it was not recorded. */
  function earlierOutput(input: string, site: ProofSite): string | null {
    const space = input.indexOf(" ");
    const kind = space < 0 ? input : input.slice(0, space);
    const name = input.slice(space + 1).replace(/ #\d+$/, "");
    switch (kind) {
      case "import":
      case "packagefile": {
        const content = earlierBuild(site, name)?.contentId;
        if (content == null || name === "unsafe") return null;
        return `${kind} ${name}${kind === "import" ? " " : "="}${content}\n`;
      }
      case "packagemain": {
        const main = earlierBuild(site, site.package);
        return main?.id == null || main.contentId === null
          ? null
          : `packagemain ${main.id}/${main.contentId}\n`;
      }
      case "vetted": {
        const digest = earlierBuild(site, site.package)?.digest;
        return digest == null ? null : `pkg ${quote(Buffer.from(digest, "hex").toString("latin1"))}\n`;
      }
      case "vetout": {
        // What a vet found out about its package is stored under its key; the line names the stored file.
        const digest = ground.earlier(`vet ${name}`)?.digest;
        const output = digest == null ? null : ground.outputOf(digest);
        return output === null ? null : `vetout ${quote(name)} ${output}\n`;
      }
      default:
        return null;
    }
  }

  /** A link names all packages of its program, in the order in which their imports are met. */
  function withPackages(draft: Draft, site: ProofSite): Draft | null {
    const order: string[] = [site.package];
    const seen = new Set(order);
    for (const name of order) {
      const imports = importsBefore(name, site);
      if (imports === null) return null;
      for (const each of imports) {
        if (seen.has(each)) continue;
        seen.add(each);
        order.push(each);
      }
    }
    const lines: Segment[] = [];
    for (const name of order) {
      const made = earlierBuild(site, name);
      if (name === "unsafe") continue;
      if (made === null || made.contentId === null) return null;
      lines.push({ input: `packagefile ${name}`, text: `packagefile ${name}=${made.contentId}\n` });
      if (name === site.package)
        lines.push({ input: "packagemain", text: `packagemain ${made.id}/${made.contentId}\n` });
    }
    const out = draft.copy();
    out.set("packagemain", null);
    out.setNamed("packagefile", lines);
    return out;
  }

  /** A program's build info lists the modules of all packages below it: null where that list is as it was. */
  function withModules(draft: Draft, site: ProofSite): Draft | null {
    if (!draft.has("modinfo")) return null;
    const seen = new Set(draft.names("import").map((name) => name.replace(/ #\d+$/, "")));
    const modules = new Set<string>();
    for (const name of seen) {
      const module = moduleOf(name, [before]);
      if (module !== null) modules.add(module);
      for (const each of importsBefore(name, site) ?? []) seen.add(each);
    }
    if (site.module !== null) modules.delete(site.module);
    return withModuleList(draft, modules, before);
  }

  /** What a package imported then: as now where its key is the same, as proven, or as its source says. */
  function importsBefore(name: string, site: ProofSite): readonly string[] | null {
    const settled = importsOf.get(name);
    if (settled !== undefined) return settled;
    const fresh = findImports(name, site);
    // What is being proven just now has no imports yet.
    if (fresh !== null) importsOf.set(name, fresh);
    return fresh;
  }

  function findImports(name: string, site: ProofSite): readonly string[] | null {
    const key = `build ${name}`;
    const action = present.get(key);
    const was = ground.earlier(key);
    if (name === "unsafe") return [];
    if (action === undefined || was === null) return importsFromSource(name, site);
    const inputs = action.id === was.id ? ground.inputsNow(key) : ground.inputsBefore(key);
    return (
      inputs?.flatMap((segment) => /^import (\S+?)(?: #\d+)?$/.exec(segment.input)?.[1] ?? []) ??
      importsFromSource(name, site)
    );
  }

  return { candidates };
}

const cgoLists = ["CGO_CPPFLAGS", "CGO_CFLAGS", "CGO_LDFLAGS"] as const;

/** An edit may have brought an import or taken one: one or two fewer, or one more of what the earlier run built. */
function* otherImports(draft: Draft, site: ProofSite): Generator<Draft> {
  const paths = draft.names("import");
  const write = (list: readonly string[]): Draft | null => {
    const lines = importLines(list, site);
    if (lines === null) return null;
    const out = draft.copy();
    out.setNamed("import", lines);
    return out;
  };
  const gone = paths.filter((path) => !site.earlierPackages.has(path) && path !== "unsafe");
  const lists: (readonly string[])[] = [];
  if (gone.length > 0) lists.push(paths.filter((path) => !gone.includes(path)));
  for (const path of paths) lists.push(paths.filter((each) => each !== path && !gone.includes(each)));
  for (const [index, first] of paths.entries()) {
    for (const second of paths.slice(index + 1, index + 4)) {
      lists.push(paths.filter((each) => each !== first && each !== second));
    }
  }
  for (const name of cgoLists) {
    const words = draft.words(name);
    const head = wordsOf(site.before.env(name)).length;
    // A `#cgo` line that an edit brought: its words are the package's own part of the list.
    for (let length = (words?.length ?? 0) - 1; words !== null && length >= head; length--) {
      const out = draft.copy();
      out.setWords(name, words.slice(0, length));
      yield out;
    }
  }
  const module = site.module;
  const near = [...site.earlierPackages].filter(
    (path) =>
      !paths.includes(path) && path !== site.package && module !== null && path.startsWith(`${module}/`),
  );
  const far = [
    "errors",
    "fmt",
    "os",
    "strings",
    "strconv",
    "sync",
    "time",
    "io",
    "bytes",
    "sort",
    "context",
    "slices",
  ];
  const more = [...near, ...far.filter((path) => site.earlierPackages.has(path) && !paths.includes(path))];
  for (const path of more) {
    const at = paths.findIndex((each) => each > path);
    lists.unshift([
      ...paths.slice(0, at < 0 ? paths.length : at),
      path,
      ...paths.slice(at < 0 ? paths.length : at),
    ]);
  }
  for (const list of lists) {
    const out = write(list);
    if (out !== null) yield out;
  }
}
