import type { Block } from "../log/block.ts";
import type { GraphNode } from "./graph-node.ts";
import { contentIdOf, digestOf, type ShortId, shortId } from "./ids.ts";

export interface NotedState {
  /** Package and file name → short hash of the file as it was before go was started. */
  readonly fileHash: (block: Block, name: string) => ShortId | null;
}

/**
 * A replay sees the files as they are after the run. Where its block has not the run's ID, the block is made again
 * for what was there when go started (the outputs that the graph names, the noted file contents, a checkout that
 * the run's own output had not made dirty), and counts only where its digest then is the run's.
 */
export function regenerateBlocks(
  missing: ReadonlySet<ShortId>,
  graph: readonly GraphNode[],
  replayed: readonly Block[],
  noted: NotedState,
): ReadonlyMap<ShortId, Block> {
  const found = new Map<ShortId, Block>();
  if (missing.size === 0) return found;
  const wanted = new Map<string, { id: ShortId; node: GraphNode }[]>();
  for (const node of graph) {
    if (node.actionId === null || !missing.has(node.actionId)) continue;
    const name = `${node.mode} ${node.package}`;
    wanted.set(name, [...(wanted.get(name) ?? []), { id: node.actionId, node }]);
  }
  for (const block of replayed) {
    for (const { id, node } of wanted.get(block.name) ?? []) {
      if (found.has(id)) continue;
      const made = candidates(block, node, graph, noted).find(
        (lines) => shortId(digestOf(lines.join(""))) === id,
      );
      if (made === undefined) continue;
      const digest = digestOf(made.join(""));
      found.set(id, { digest, name: block.name, lines: made, hidden: false });
    }
  }
  return found;
}

type Rewrite = (line: string) => string;

function candidates(
  block: Block,
  node: GraphNode,
  graph: readonly GraphNode[],
  noted: NotedState,
): readonly (readonly string[])[] {
  const outputs = outputRewrite(node, graph);
  const files: Rewrite = (line) => {
    const found = /^file (.*) (\S*)\n$/s.exec(line);
    const hash = found === null ? null : noted.fileHash(block, found[1] ?? "");
    return hash === null ? line : `file ${found?.[1]} ${hash}\n`;
  };
  const sets: readonly Rewrite[][] = [
    [outputs],
    [outputs, cleanStamp],
    [outputs, files],
    [outputs, files, cleanStamp],
  ];
  return sets.map((rewrites) =>
    block.lines.map((line) => rewrites.reduce((text, rewrite) => rewrite(text), line)),
  );
}

/**
 * `import Q C`, `packagefile Q=C` and the line `packagemain A/C` after that of a main package (a test of one links two; work/exec.go
 * linkActionID, Go 1.21–1.27), with the build IDs that the run's graph has.
 */
function outputRewrite(node: GraphNode, graph: readonly GraphNode[]): Rewrite {
  const outputs = new Map<string, string>();
  const seen = new Set<number>([node.id]);
  const stack = [...node.deps];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const dep = graph[at];
    if (dep === undefined || seen.has(at)) continue;
    seen.add(at);
    if (dep.mode === "build" && dep.buildId !== null && !outputs.has(dep.package))
      outputs.set(dep.package, dep.buildId);
    stack.push(...dep.deps);
  }
  let last = "";
  return (line) => {
    const [, head, name = "", sign] = /^(import |packagefile )(.+)([ =])[\w-]{20}\n$/s.exec(line) ?? [];
    if (head !== undefined) last = name;
    else if (!line.startsWith("packagemain ")) return line;
    const buildId = outputs.get(last);
    if (buildId === undefined) return line;
    if (head === undefined) return `packagemain ${buildId}\n`;
    return `${head}${name}${sign}${contentIdOf(buildId) ?? ""}\n`;
  };
}

/** The stamp of a checkout that was clean before the run wrote its output there. */
const cleanStamp: Rewrite = (line) =>
  line.startsWith('modinfo "')
    ? line
        .replace("build\\tvcs.modified=true\\n", "build\\tvcs.modified=false\\n")
        .replace(/(mod\\t[^\\]*\\t[^\\]*)\+dirty\\t/, "$1\\t")
    : line;
