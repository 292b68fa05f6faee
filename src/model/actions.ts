import type { Block } from "../log/block.ts";
import { unquote } from "../util/go-quote.ts";
import type { GraphNode } from "./graph-node.ts";
import { contentIdOf, type Digest, type ShortId, shortId } from "./ids.ts";
import type { ActionKind, RunAction } from "./run.ts";

/** An action of an earlier run that an ID names: its key and inputs need not be asked for again. */
export interface KnownAction {
  readonly key: string;
  readonly digest: Digest | null;
  /** Of a build: the ID of the vet that read it, under the same flags. */
  readonly vet?: ShortId;
}

export interface GraphInput {
  readonly graph: readonly GraphNode[];
  /** When the run was started, in milliseconds since the epoch: the zero of intervals. */
  readonly startMs: number;
  /** Verified blocks by their short digests. */
  readonly blocks: ReadonlyMap<ShortId, Block>;
  /** Actions that the history knows, by ID. */
  readonly known: ReadonlyMap<ShortId, KnownAction>;
  /** go's temporary work directories: a target below one of them is no target. */
  readonly isWorkPath: (path: string) => boolean;
}

/**
 * The actions of a run as its action graph tells them. Nodes with a key become actions; helper nodes (cgo,
 * cover, preprocess, check cache) give their processes and times to the action with the same object directory.
 * Nodes that go never reached are left out. (work/action.go actionJSON, Go 1.21–1.27)
 */
export function actionsFromGraph(input: GraphInput): readonly RunAction[] {
  const { graph } = input;
  const owners = testOwners(graph);
  const helpers = helpersByAction(graph);
  const vets = vetBlocksByPackage(input.blocks);
  const linked = new Set(graph.filter((node) => node.mode === "link").map((node) => node.package));
  const actions: RunAction[] = [];
  const taken = new Set<string>();
  for (const node of graph) {
    const kind = kindOf(node);
    if (kind === null || !wasReached(node, kind)) continue;
    // `[no test files]` has a node too, but nothing to run.
    if (kind === "test" && !linked.has(`${node.package}.test`)) continue;
    const vetted = kind === "vet" ? vettedBuild(node, graph) : null;
    const vet = vetted === null ? undefined : vets.get(vetted);
    const id =
      vet === undefined
        ? vetted === null
          ? node.actionId
          : knownVet(vetted, input.known)
        : shortId(vet.digest);
    const block = id === null ? undefined : (vet ?? input.blocks.get(id));
    const known = id === null ? undefined : input.known.get(id);
    const own = [node, ...(helpers.get(node.id) ?? [])];
    const working = own.filter(hasWork);
    const ran = kind === "test" ? null : working.length > 0;
    const variant = kind === "link" || kind === "test" ? null : variantOf(node, block, known, owners);
    const key = unique(keyOf(kind, node.package, variant), taken);
    actions.push({
      key,
      kind,
      package: node.package,
      variant,
      id,
      digest: block?.digest ?? known?.digest ?? null,
      contentId: contentIdOf(node.buildId),
      outcome: ran === null ? "unknown" : ran ? "ran" : "hit",
      failed: ran === true && (kind === "build" || kind === "link") && node.buildId === null,
      seconds: working.reduce((sum, each) => sum + each.commandNs, 0) / 1e9,
      // Of a hit: when it was looked up.
      intervals: (ran === false && node.timeStart !== null ? [node] : working).map((each) => [
        secondsBetween(input.startMs, each.timeStart),
        secondsBetween(input.startMs, each.timeDone),
      ]),
      target: kind === "link" ? targetOf(node, graph, input.isWorkPath) : null,
      unverified: null,
    });
  }
  return actions;
}

/** To the microsecond, which is what the graph's times are exact to. */
function secondsBetween(startMs: number, atMs: number | null): number {
  return Math.round(Math.max(0, (atMs ?? startMs) - startMs) * 1000) / 1e6;
}

export interface LogInput {
  /** Verified blocks in the order of the log. */
  readonly blocks: Iterable<Block>;
  readonly firstSubkey: ReadonlyMap<Digest, string>;
  readonly commands: ReadonlyMap<string, "compile" | "link">;
  readonly hasCommands: boolean;
}

/**
 * The actions of a log without a graph. What hit and what ran is told by the first subkey after a build's key
 * (`stdout`: hit, `srcfiles`: miss; measured on all of Go 1.21–1.27) and by the commands that `-x` printed.
 * Seconds are not known.
 */
export function actionsFromLog(input: LogInput): readonly RunAction[] {
  const found: { block: Block; kind: ActionKind; name: string }[] = [];
  for (const block of input.blocks) {
    const split = block.name.indexOf(" ");
    const kind = block.name.slice(0, split);
    if (kind === "build" || kind === "link" || kind === "vet") {
      found.push({ block, kind, name: block.name.slice(split + 1) });
    }
  }
  // `link p` is logged twice where an output file exists; the last one counts (work/buildid.go).
  const lastLink = new Map(
    found.filter((each) => each.kind === "link").map((each) => [each.name, each.block]),
  );
  const contents = contentIdsInLog(found.map((each) => each.block));
  const tests = new Set(found.filter((each) => each.kind === "link").map((each) => each.name));
  const actions: RunAction[] = [];
  const taken = new Set<string>();
  const builds = new Map<string, RunAction["outcome"]>();
  for (const { block, kind, name } of found) {
    if (kind === "link" && lastLink.get(name) !== block) continue;
    const outcome = outcomeInLog(block, kind, input, kind === "link" ? builds.get(name) : undefined);
    if (kind === "build") builds.set(name, outcome);
    const variant = kind === "build" && isTestVariant(block) ? `[${likelyOwner(name, tests)}]` : null;
    actions.push({
      key: unique(keyOf(kind, name, variant), taken),
      kind,
      package: name,
      variant,
      id: shortId(block.digest),
      digest: block.digest,
      contentId: kind === "build" && variant === null ? (contents.get(name) ?? null) : null,
      outcome,
      failed: false,
      seconds: null,
      intervals: [],
      target: null,
      unverified: null,
    });
  }
  return actions;
}

/** `build p`, `build p [q.test]`, `link p`, … */
export function keyOf(kind: ActionKind, name: string, variant: string | null): string {
  return variant === null ? `${kind} ${name}` : `${kind} ${name} ${variant}`;
}

function outcomeInLog(
  block: Block,
  kind: ActionKind,
  input: LogInput,
  main: RunAction["outcome"] | undefined,
): RunAction["outcome"] {
  const id = shortId(block.digest);
  if (input.commands.has(id)) return "ran";
  if (kind === "build") {
    const subkey = input.firstSubkey.get(block.digest);
    if (subkey === "stdout") return "hit";
    // A cgo package compiles its C files first (`cgo compile <path>`, Go 1.26+).
    if (subkey === "srcfiles" || subkey?.startsWith("cgo compile ") === true) return "ran";
    return "unknown";
  }
  if (kind !== "link") return "unknown";
  if (input.hasCommands) return "hit";
  // An output file that is up to date spares the main's compile too, so a compiled main was linked (work/buildid.go).
  return main === "ran" ? "ran" : "unknown";
}

const imported = /^(?:import (\S+) |packagefile (.+)=)([\w-]{20})\n$/s;

/** Package → content ID, as the importers' lines say; a package with two contents (test variants) is left out. */
function contentIdsInLog(blocks: readonly Block[]): Map<string, ShortId> {
  const contents = new Map<string, ShortId | null>();
  // All who import a package have the same line.
  const seen = new Set<string>();
  for (const block of blocks) {
    for (const line of block.lines) {
      const isImport = line.startsWith("import ") || line.startsWith("packagefile ");
      if (!isImport || seen.has(line)) continue;
      seen.add(line);
      const found = imported.exec(line);
      const name = found?.[1] ?? found?.[2];
      if (found === null || name === undefined) continue;
      const content = found[3] as ShortId;
      const other = contents.get(name);
      contents.set(name, other === undefined || other === content ? content : null);
    }
  }
  return new Map([...contents].filter((entry): entry is [string, ShortId] => entry[1] !== null));
}

/** Only packages that were compiled again for a test carry `forcelibrary` (load/test.go, Go 1.21–1.27). */
function isTestVariant(block: Block): boolean {
  return block.lines.includes("forcelibrary\n");
}

function likelyOwner(name: string, links: ReadonlySet<string>): string {
  if (links.has(`${name}.test`)) return `${name}.test`;
  const only = [...links].filter((each) => each.endsWith(".test"));
  return only.length === 1 && only[0] !== undefined ? only[0] : `${name}.test`;
}

function kindOf(node: GraphNode): ActionKind | null {
  switch (node.mode) {
    case "build":
    case "link":
    case "vet":
      return node.mode;
    case "test run":
      return "test";
    default:
      return null;
  }
}

function wasReached(node: GraphNode, kind: ActionKind): boolean {
  if (node.timeDone === null) return false;
  if (kind === "vet") return hasWork(node) || node.timeStart !== null;
  return kind === "test" || node.actionId !== null;
}

function hasWork(node: GraphNode): boolean {
  return node.commands > 0 || node.commandNs > 0;
}

/** The build that a vet reads: its own package's, whose whole key goes into the vet's (work/exec.go vet). */
export function vettedBuild(node: GraphNode, graph: readonly GraphNode[]): ShortId | null {
  const build = node.deps
    .map((at) => graph[at])
    .find((dep) => dep?.mode === "build" && dep.package === node.package);
  return build?.actionId ?? null;
}

/** Vet nodes carry no ID in the graph: their blocks are found by the build's ID that stands in them. */
function vetBlocksByPackage(blocks: ReadonlyMap<ShortId, Block>): ReadonlyMap<ShortId, Block> {
  const found = new Map<ShortId, Block>();
  for (const block of blocks.values()) {
    if (!block.name.startsWith("vet ")) continue;
    const build = vettedBuildOf(block);
    if (build !== null) found.set(build, block);
  }
  return found;
}

/** `pkg "…"`: the 32 bytes of the build's key, quoted once more inside the line. */
export function vettedBuildOf(block: Block): ShortId | null {
  const line = block.lines.find((each) => each.startsWith('pkg "'));
  const bytes = line === undefined ? null : unquote(line.slice(4, -1));
  if (bytes?.length !== 32) return null;
  return Buffer.from(bytes, "latin1").subarray(0, 15).toString("base64url") as ShortId;
}

function knownVet(build: ShortId, known: ReadonlyMap<ShortId, KnownAction>): ShortId | null {
  return known.get(build)?.vet ?? null;
}

const helperMode =
  /^(cgo |cover$|collect cgo$|preprocess PGO|build check cache$|install header|link-install$|build-install$)/;

function helpersByAction(graph: readonly GraphNode[]): Map<number, GraphNode[]> {
  const byObjdir = new Map<string, GraphNode>();
  for (const node of graph) if (node.mode === "build" && node.objdir !== "") byObjdir.set(node.objdir, node);
  const helpers = new Map<number, GraphNode[]>();
  for (const node of graph) {
    if (!helperMode.test(node.mode) || !hasWork(node)) continue;
    const owner =
      node.mode === "link-install" || node.mode === "build-install"
        ? graph[node.deps[0] ?? -1]
        : node.objdir === ""
          ? undefined
          : byObjdir.get(node.objdir);
    if (owner === undefined) continue;
    helpers.set(owner.id, [...(helpers.get(owner.id) ?? []), node]);
  }
  return helpers;
}

function variantOf(
  node: GraphNode,
  block: Block | undefined,
  known: KnownAction | undefined,
  owners: ReadonlyMap<number, readonly string[]>,
): string | null {
  const owner = owners.get(node.id)?.[0];
  if (block !== undefined) return isTestVariant(block) ? `[${owner ?? `${node.package}.test`}]` : null;
  if (known !== undefined) return /\[.*\]$/.exec(known.key)?.[0] ?? null;
  return null;
}

/** For each node the test mains (`q.test`) that need it, at most two. */
function testOwners(graph: readonly GraphNode[]): ReadonlyMap<number, readonly string[]> {
  const owners = new Map<number, string[]>();
  for (const main of graph) {
    if (main.mode !== "build" || !main.package.endsWith(".test")) continue;
    const stack = [main.id];
    const seen = new Set<number>(stack);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const names = owners.get(at) ?? [];
      if (names.length < 2) owners.set(at, [...names, main.package]);
      for (const dep of graph[at]?.deps ?? []) {
        if (seen.has(dep)) continue;
        seen.add(dep);
        stack.push(dep);
      }
    }
  }
  return owners;
}

/** An install writes the link's output to its own target. */
function targetOf(
  node: GraphNode,
  graph: readonly GraphNode[],
  isWorkPath: (path: string) => boolean,
): string | null {
  const install = graph.find((each) => each.mode === "link-install" && each.deps.includes(node.id));
  const target = install?.target ?? node.target;
  return target === "" || isWorkPath(target) ? null : target;
}

/** Two actions of one name (a package built for two PGO mains) are told apart by a number. */
function unique(key: string, taken: Set<string>): string {
  let name = key;
  for (let count = 2; taken.has(name); count++) name = `${key} #${count}`;
  taken.add(name);
  return name;
}
