import type { Block } from "../log/block.ts";
import type { GraphNode } from "./graph-node.ts";
import { digestOf, type ShortId, shortId } from "./ids.ts";

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

/** `import Q C`, `packagefile Q=C` and `packagemain A/C` with the build IDs that the run's graph has. */
function outputRewrite(node: GraphNode, graph: readonly GraphNode[]): Rewrite {
  const content = new Map<string, string>();
  let main: string | null = null;
  const seen = new Set<number>([node.id]);
  const stack = [...node.deps];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const dep = graph[at];
    if (dep === undefined || seen.has(at)) continue;
    seen.add(at);
    if (dep.mode === "build" && dep.buildId !== null) {
      if (!content.has(dep.package))
        content.set(dep.package, dep.buildId.slice(dep.buildId.lastIndexOf("/") + 1));
      if (dep.package === node.package) main = dep.buildId;
    }
    stack.push(...dep.deps);
  }
  return (line) => {
    const found = /^(import |packagefile )(.+)([ =])([\w-]{20})\n$/s.exec(line);
    const id = found === null ? undefined : content.get(found[2] ?? "");
    if (found !== null && id !== undefined) return `${found[1]}${found[2]}${found[3]}${id}\n`;
    return main !== null && line.startsWith("packagemain ") ? `packagemain ${main}\n` : line;
  };
}

/** The stamp of a checkout that was clean before the run wrote its output there. */
const cleanStamp: Rewrite = (line) =>
  line.startsWith('modinfo "')
    ? line
        .replace("build\\tvcs.modified=true\\n", "build\\tvcs.modified=false\\n")
        .replace(/(mod\\t[^\\]*\\t[^\\]*)\+dirty\\t/, "$1\\t")
    : line;
