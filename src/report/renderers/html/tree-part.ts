import { type Folder, foldPackages } from "../../fold-packages.ts";
import type { ReportAction } from "../../report.ts";
import { actionsOfCauses, type CauseGroup, isRootOf, type ReportView } from "../../transforms/report-view.ts";
import { actionName } from "../../wording/names.ts";
import { countText, numberText, secondsText } from "../../wording/numbers.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { bar } from "./bar.ts";
import { html, type Markup } from "./markup.ts";

/** An action and what ran through it. */
interface Node {
  readonly action: ReportAction;
  readonly children: readonly Node[];
  /** Work of all of it, null where none is known. */
  readonly seconds: number | null;
  readonly count: number;
}

/** More siblings than this are folded by module and folder. */
const mostSiblings = 24;

/** Entries of one cause: what is beyond is counted. The longest come first. */
const mostEntries = 1500;

/**
 * A cause's actions as a tree: its roots, below each what ran through it, the most work first.
 * @param places of the report's actions, by which the page's script finds what it knows of one
 */
export function treePart(
  view: ReportView,
  group: CauseGroup,
  places: ReadonlyMap<string, number>,
): Markup | null {
  const actions = actionsOfCauses(view, group.causes);
  if (actions.length === 0) return null;
  const nodes = nodesOf(actions, new Set(group.packages));
  const paper: Paper = {
    module: view.report.now.module,
    whole: Math.max(0, ...nodes.map(({ seconds }) => seconds ?? 0)),
    total: nodes.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    places,
    left: mostEntries,
  };
  const list = listOf(nodes, paper, 0);
  const over = actions.length - (mostEntries - paper.left);
  const more =
    over > 0 && paper.left === 0 ? html`<p class="dim">and ${numberText(over)} more, with less work</p>` : "";
  return html`<ul class="tree">${list}</ul>${more}`;
}

interface Paper {
  readonly module: string | null;
  /** Seconds of the largest root. */
  readonly whole: number;
  readonly total: number;
  readonly places: ReadonlyMap<string, number>;
  left: number;
}

function nodesOf(actions: readonly ReportAction[], packages: ReadonlySet<string>): Node[] {
  const keys = new Set(actions.map(({ key }) => key));
  const below = new Map<string, ReportAction[]>();
  const tops: ReportAction[] = [];
  for (const action of actions) {
    if (isRootOf(action, packages) || action.via === null || !keys.has(action.via)) tops.push(action);
    else below.set(action.via, [...(below.get(action.via) ?? []), action]);
  }
  const seen = new Set<string>();
  const nodeOf = (action: ReportAction): Node => {
    seen.add(action.key);
    const children = (below.get(action.key) ?? []).filter(({ key }) => !seen.has(key)).map(nodeOf);
    return made(action, children);
  };
  return tops
    .filter(({ key }) => !seen.has(key))
    .map(nodeOf)
    .sort(byWork);
}

function made(action: ReportAction, children: Node[]): Node {
  const all = [action.seconds, ...children.map(({ seconds }) => seconds)].filter((each) => each !== null);
  return {
    action,
    children: children.sort(byWork),
    seconds: all.length === 0 ? null : all.reduce((sum, each) => sum + each, 0),
    count: children.reduce((sum, { count }) => sum + count, 1),
  };
}

function byWork(a: Node, b: Node): number {
  return (b.seconds ?? -1) - (a.seconds ?? -1) || b.count - a.count || (a.action.key < b.action.key ? -1 : 1);
}

function listOf(nodes: readonly Node[], paper: Paper, depth: number): Markup[] {
  if (nodes.length <= mostSiblings) return nodes.map((node) => entryOf(node, paper, depth));
  const folders = foldPackages(nodes, ({ action }) => action.package, paper.module);
  return foldersOf(folders, paper, depth);
}

function foldersOf(folders: readonly Folder<Node>[], paper: Paper, depth: number): Markup[] {
  const told = folders
    .map((folder) => ({ folder, nodes: nodesIn(folder) }))
    .map((each) => ({
      ...each,
      seconds: sumOf(each.nodes),
    }));
  return told
    .sort((a, b) => (b.seconds ?? -1) - (a.seconds ?? -1) || (a.folder.path < b.folder.path ? -1 : 1))
    .flatMap(({ folder, nodes, seconds }) => {
      if (nodes.length <= 2) return nodes.sort(byWork).map((node) => entryOf(node, paper, depth));
      const inside =
        nodes.length <= mostSiblings
          ? nodes.sort(byWork).map((node) => entryOf(node, paper, depth + 1))
          : [
              ...folder.items.map((node) => entryOf(node, paper, depth + 1)),
              ...foldersOf(folder.folders, paper, depth + 1),
            ];
      const count = nodes.reduce((sum, node) => sum + node.count, 0);
      return html`<li><details><summary><span class="name">${nameOfFolder(folder, depth)}</span> <span class="dim">${countText(count, "action")}</span>${cost(seconds, paper)}</summary><ul>${inside}</ul></details></li>`;
    });
}

function nodesIn(folder: Folder<Node>): Node[] {
  return [...folder.items, ...folder.folders.flatMap(nodesIn)];
}

function sumOf(nodes: readonly Node[]): number | null {
  const known = nodes.flatMap(({ seconds }) => seconds ?? []);
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
}

function nameOfFolder({ path, name }: Folder<Node>, depth: number): string {
  if (path === "std") return "standard library";
  return `${shortenMiddle(visibleText(depth === 0 ? path : name), longestName)}/`;
}

function entryOf(node: Node, paper: Paper, depth: number): Markup {
  const { action, children, seconds, count } = node;
  if (paper.left === 0) return html``;
  paper.left--;
  const place = paper.places.get(action.key) ?? "";
  const name = html`<span class="name" data-action="${place}">${treeName(action, paper.module)}</span>${verdictMark(action)}`;
  if (children.length === 0) return html`<li><span class="leaf">${name}${cost(seconds, paper)}</span></li>`;
  const followed = html` <span class="dim">+ ${numberText(count - 1)}</span>`;
  const open = depth === 0 && paper.left > mostEntries - 3 ? html` open` : "";
  return html`<li><details${open}><summary>${name}${followed}${cost(seconds, paper)}</summary><ul>${listOf(children, paper, depth + 1)}</ul></details></li>`;
}

function verdictMark(action: ReportAction): Markup | string {
  if (action.failed === true) return html` <span class="warn">failed</span>`;
  return action.verdict === "unknown" ? html` <span class="dim">unknown</span>` : "";
}

/** `internal/io`, `link cmd/app`: that a package was compiled goes without saying. */
function treeName(action: ReportAction, module: string | null): string {
  const name = actionName(action.key, module).replace(/^build /, "");
  return shortenMiddle(visibleText(name), longestName);
}

const longestName = 200;

function cost(seconds: number | null, paper: Paper): Markup | string {
  if (seconds === null) return "";
  return html` <span class="cost">${secondsText(seconds)}${bar(seconds, paper.whole)}</span>`;
}
