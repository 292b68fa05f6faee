import type { Run, RunAction } from "../model/run.ts";
import type { Segment } from "../model/segments.ts";
import { quote } from "../util/go-quote.ts";
import { type Draft, draftOf } from "./draft.ts";
import { type Disk, outsideValuesOf, wordsOf } from "./outside-values.ts";
import { importLines, importsFromSource, reread } from "./reread.ts";
import type { KeyRule } from "./rule.ts";
import { pathsOf } from "./rules/files.ts";
import { withModuleList } from "./rules/modules.ts";
import { keyRules } from "./rules.ts";
import { actionsByKey, earlierBuild, moduleOf, type NamedCause, type ProofSite } from "./site.ts";

/** What a prover is given. `Run` is a record of the outside, of IDs and outputs: no block is in it. */
export interface ProofGround {
  readonly before: Run;
  readonly now: Run;
  readonly disk: Disk;
  /** Short output ID that the cache has under a key. */
  readonly outputOf: (digest: string) => string | null;
  /** The inputs of an action of the now-run; null where they are not known. */
  readonly inputsNow: (key: string) => readonly Segment[] | null;
  /** Causes of an action's own inputs; null where an input has no known cause, or a value is hidden. */
  readonly causesOf: (key: string) => readonly NamedCause[] | null;
}

export interface Proof {
  /** The inputs under which the earlier key comes out; null where no rule gave it. */
  readonly inputs: readonly Segment[] | null;
  /** Why not, in words; null where it was proven. */
  readonly gap: string | null;
}

export interface KeyProver {
  /** Made once for each action. */
  prove(key: string): Proof;
  /** Whether the earlier key does not come out without what this cause changed. */
  isNeeded(key: string, cause: NamedCause): boolean;
}

/** More drafts than this are not tried for one action. */
const candidateLimit = 64;

/**
 * Regenerates earlier keys: the present inputs, with what each cause changed written as Go would have written the earlier
 * outside value, and the earlier outputs of dependencies. The digest alone decides.
 */
export function createProver(ground: ProofGround, rules: readonly KeyRule[] = keyRules): KeyProver {
  const before = outsideValuesOf(ground.before, ground.disk);
  const now = outsideValuesOf(ground.now, ground.disk);
  const earlier = actionsByKey(ground.before);
  const present = actionsByKey(ground.now);
  const earlierPackages = new Set(
    ground.before.actions.flatMap((action) => (action.kind === "build" ? action.package : [])),
  );
  const known = new Map<string, Proof>();
  /** Package → its imports then: programs of one command share most of their packages. */
  const importsOf = new Map<string, readonly string[]>();

  function prove(key: string): Proof {
    const settled = known.get(key);
    if (settled !== undefined) return settled;
    known.set(key, missing("it depends on itself"));
    const fresh = tryToProve(key);
    known.set(key, fresh);
    return fresh;
  }

  function isNeeded(key: string, cause: NamedCause): boolean {
    const causes = ground.causesOf(key) ?? [];
    return causes.length < 2 || tryToProve(key, cause).gap !== null;
  }

  function tryToProve(key: string, leftOut: NamedCause | null = null): Proof {
    const action = present.get(key);
    const wanted = earlier.get(key)?.id ?? null;
    const inputs = ground.inputsNow(key);
    if (action === undefined || wanted === null || inputs === null)
      return missing("its inputs are not recorded");
    if (Object.keys(ground.before.settings.env).length === 0)
      return missing("a log alone does not tell what lay outside");
    if (action.kind === "test") return missing("a test's key is regenerated while its run is recorded");
    const causes = ground.causesOf(key);
    if (causes === null) return missing("a value is hidden, or an input has no known cause");
    const site = siteOf(action);
    const chosen: [KeyRule, NamedCause][] = [];
    for (const cause of causes) {
      if (cause.code === leftOut?.code && cause.subject === leftOut.subject) continue;
      const rule = rules.find((each) => each.fits(cause));
      if (rule === undefined) return missing(`no rule regenerates ${cause.subject}`);
      chosen.push([rule, cause]);
    }
    chosen.sort(([a], [b]) => rules.indexOf(a) - rules.indexOf(b));
    let drafts: readonly Draft[] = [draftOf(action.kind, before.release, inputs)];
    for (const [rule, cause] of chosen) {
      drafts = drafts.flatMap((draft) => rule.apply(draft.copy(), site, cause)).slice(0, candidateLimit);
      if (drafts.length === 0) return missing(`the earlier value of ${cause.subject} is not recorded`);
    }
    const choosesFiles = chosen.some(([rule]) => rule.choosesFiles === true);
    const added = new Set(
      chosen.flatMap(([, cause]) => (cause.code === "file-added" ? pathsOf(cause.subject, site) : [])),
    );
    for (const draft of candidates(drafts, site, choosesFiles ? added : null)) {
      if (draft.id() === wanted) return { inputs: draft.segments(), gap: null };
    }
    return missing("Go's rules for its causes did not give its earlier key");
  }

  function siteOf(action: RunAction): ProofSite {
    return {
      kind: action.kind,
      package: action.package,
      variant: action.variant,
      before,
      now,
      disk: ground.disk,
      earlier: (each) => earlier.get(each) ?? null,
      module: moduleOf(action.package.replace(/_test$/, ""), [before, now]),
      earlierPackages,
      outputOf: ground.outputOf,
    };
  }

  /** From the cheapest to the dearest: the lines alone; the package read again; other imports of an edited file. */
  function* candidates(
    drafts: readonly Draft[],
    site: ProofSite,
    added: ReadonlySet<string> | null,
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
        const digest = earlier.get(`vet ${name}`)?.digest;
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
    const was = earlier.get(key);
    if (name === "unsafe") return [];
    if (action === undefined || was === undefined) return importsFromSource(name, site);
    const inputs = action.id === was.id ? ground.inputsNow(key) : prove(key).inputs;
    return (
      inputs?.flatMap((segment) => /^import (\S+?)(?: #\d+)?$/.exec(segment.input)?.[1] ?? []) ??
      importsFromSource(name, site)
    );
  }

  return { prove, isNeeded };
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

function missing(gap: string): Proof {
  return { inputs: null, gap };
}
