import { Graph, layout } from "@dagrejs/dagre";
import { moduleOf } from "../../../fold-packages.ts";
import { countText, numberText, secondsText } from "../../../wording/numbers.ts";
import { drawing, element } from "./element.ts";
import type { Page } from "./page.ts";

/** So many boxes can be read at once. */
const mostBoxes = 36;

/** With more than this, opened by hand, those with the least work are one box. */
const mostOpened = 90;

/** A box of the graph: one package, or a folder of several. */
interface Box {
  readonly path: string;
  /** Places of its actions that ran. */
  readonly ran: number[];
  /** Places of cached actions that were spared. */
  readonly spared: number[];
  isRoot: boolean;
  isCut: boolean;
  readonly isFolder: boolean;
}

/**
 * The packages that a cause reached, from its roots on, and where it was cut off: folded by module and folder until they can be
 * read; a folder opens where it is clicked.
 */
export function drawGraph(page: Page): void {
  const section = document.getElementById("reach");
  const candidates = page.data.groups.flatMap(({ label, summary }, at) =>
    page.data.actions.filter(({ groups }) => groups.includes(at)).length > 1 ? [{ at, label, summary }] : [],
  );
  const [first] = candidates;
  if (section === null || first === undefined) return;
  const select = element(
    "select",
    { id: "graph-cause" },
    ...candidates.map(({ at, label, summary }) =>
      element("option", { value: at }, `${label}  ${shorten(summary, 80)}`),
    ),
  );
  const place = element("div", {
    class: "scroll graph",
    tabindex: 0,
    role: "group",
    "aria-label": "Packages that the cause reached",
  });
  const legend = element(
    "p",
    { class: "dim" },
    "From a root (thick border) to what ran after it. Dashed: its output is what it had been, and what depends on it was spared. A folder opens when it is clicked.",
  );
  const reset = element("button", { type: "button" }, "Fold again");
  const controls = element(
    "p",
    { class: "controls" },
    element("label", { for: "graph-cause" }, "Cause "),
    select,
    " ",
    reset,
  );
  section.querySelector("h2")?.after(controls, legend, place);
  let opened = new Set<string>();
  const draw = (): void =>
    show(page, Number(select.value), opened, place, (path) => {
      opened = new Set([...opened, path]);
      draw();
    });
  select.addEventListener("change", () => {
    opened = new Set();
    draw();
  });
  reset.addEventListener("click", () => {
    opened = new Set();
    draw();
  });
  draw();
}

function show(
  page: Page,
  group: number,
  opened: ReadonlySet<string>,
  place: HTMLElement,
  open: (path: string) => void,
): void {
  const { boxes, boxOf } = boxesOf(page, group, opened);
  const edges = withoutShortcuts([...edgesOf(page, boxOf)]);
  const graph = new Graph();
  const isNarrow = place.clientWidth < 560;
  graph.setGraph({
    rankdir: isNarrow ? "TB" : "LR",
    nodesep: 10,
    ranksep: isNarrow ? 28 : 44,
    marginx: 8,
    marginy: 8,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes)
    graph.setNode(box.path, { width: widthOf(nameOf(box, page), factsOf(box, page)), height: 42 });
  for (const [from, to] of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const lines = drawing("svg", { width, height, "aria-hidden": "true" });
  for (const edge of graph.edges()) {
    const points = (graph.edge(edge) as { points: { x: number; y: number }[] }).points;
    lines.append(drawing("path", { d: curveOf(points, isNarrow), class: "edge" }));
  }
  const sheet = element("div", { class: "sheet" }, lines);
  sheet.style.width = `${width}px`;
  sheet.style.height = `${height}px`;
  const most = Math.max(0.001, ...boxes.map((box) => workOf(box, page)));
  for (const box of boxes) {
    const node = graph.node(box.path) as { x: number; y: number; width: number; height: number };
    sheet.append(buttonOf(box, node, most, page, open));
  }
  place.replaceChildren(sheet);
  // Where it is larger than its place the roots are what is seen first.
  const [at] = boxes
    .filter(({ isRoot }) => isRoot)
    .map(({ path }) => graph.node(path) as { x: number; y: number })
    .sort((a, b) => (isNarrow ? a.y - b.y : a.x - b.x));
  if (at === undefined) return;
  const [aside, above] = isNarrow ? [0.5, 0.1] : [0.1, 0.5];
  place.scrollTo(at.x - place.clientWidth * aside, at.y - place.clientHeight * above);
}

/** The edges without those that a way over other boxes replaces: what is left tells the same with a tenth of the lines. */
function withoutShortcuts(
  edges: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const after = new Map<string, Set<string>>();
  for (const [from, to] of edges) after.set(from, (after.get(from) ?? new Set()).add(to));
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const open = [...(after.get(from) ?? [])].filter((next) => next !== to);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === to) return true;
      if (seen.has(at) || at === from) continue;
      seen.add(at);
      open.push(...(after.get(at) ?? []));
    }
    return false;
  };
  return edges.filter(([from, to]) => {
    if (!reaches(from, to)) return true;
    // One at a time: of two folders that need each other each way stays the other's.
    after.get(from)?.delete(to);
    return false;
  });
}

function boxesOf(
  page: Page,
  group: number,
  opened: ReadonlySet<string>,
): { boxes: Box[]; boxOf: Map<number, string> } {
  const { actions, module } = page.data;
  const mine = actions.flatMap((action, at) => (action.groups.includes(group) ? [at] : []));
  const cut = new Set(mine.filter((at) => actions[at]?.sameOutput === true));
  const spared = actions.flatMap((action, at) =>
    action.verdict === "hit" && action.needs?.some((need) => cut.has(need)) === true ? [at] : [],
  );
  const members = [...mine, ...spared];
  const pathOf = (at: number): string => (actions[at]?.package ?? "").replace(/(?:_test|\.test)$/, "");
  const place = (at: number, unfolded: ReadonlySet<string>): string => {
    const full = pathOf(at);
    let path = moduleOf(full, module);
    while (unfolded.has(path) && path !== full) {
      const from = path === "std" ? "" : `${path}/`;
      if (from !== "" && !full.startsWith(from)) return full;
      const rest = full.slice(from.length).split("/")[0] ?? "";
      path = `${from}${rest}`;
    }
    return path;
  };
  const fold = (unfolded: ReadonlySet<string>): Map<string, number[]> => {
    const found = new Map<string, number[]>();
    for (const at of members) {
      const path = place(at, unfolded);
      const list = found.get(path);
      if (list === undefined) found.set(path, [at]);
      else list.push(at);
    }
    return found;
  };
  // Opened of itself as far as there is room: the module's own packages first, then where most of the work is.
  const unfolded = new Set(opened);
  let folded = fold(unfolded);
  for (let rounds = 0; rounds < 200 && opened.size === 0; rounds++) {
    const next = [...folded]
      .filter(([path, list]) => !unfolded.has(path) && list.some((at) => pathOf(at) !== path))
      .sort(
        ([a, mineA], [b, mineB]) =>
          Number(isOwn(b, module)) - Number(isOwn(a, module)) || mineA.length - mineB.length,
      )
      .map(([path]) => ({ path, result: fold(new Set([...unfolded, path])) }))
      .find(({ result }) => result.size <= mostBoxes);
    if (next === undefined) break;
    unfolded.add(next.path);
    folded = next.result;
  }
  if (opened.size === 0) automatic = unfolded;
  else {
    for (const path of automatic) unfolded.add(path);
    folded = fold(unfolded);
  }
  folded = gathered(folded, (list) => list.reduce((sum, at) => sum + (actions[at]?.seconds ?? 0), 0));
  const boxOf = new Map<number, string>();
  const boxes = [...folded].map(([path, list]): Box => {
    for (const at of list) boxOf.set(at, path);
    const ran = list.filter((at) => actions[at]?.verdict !== "hit");
    return {
      path,
      ran,
      spared: list.filter((at) => actions[at]?.verdict === "hit"),
      isRoot: ran.some((at) => actions[at]?.role === "root" || actions[at]?.role === "both"),
      isCut: ran.some((at) => cut.has(at)),
      isFolder: new Set(list.map(pathOf)).size > 1 || list.some((at) => pathOf(at) !== path),
    };
  });
  return { boxes, boxOf };
}

function gathered(
  folded: Map<string, number[]>,
  workIn: (list: readonly number[]) => number,
): Map<string, number[]> {
  if (folded.size <= mostOpened) return folded;
  const sorted = [...folded].sort(([, a], [, b]) => workIn(b) - workIn(a));
  const rest = sorted.slice(mostOpened);
  return new Map([...sorted.slice(0, mostOpened), [others, rest.flatMap(([, list]) => list)]]);
}

/** The path of the box with all others. */
const others = "…";

/** What was unfolded without being asked: it stays so when a box is opened. */
let automatic: ReadonlySet<string> = new Set();

function isOwn(path: string, module: string | null): boolean {
  return (module?.split(",") ?? []).some((own) => path === own || path.startsWith(`${own}/`));
}

function edgesOf(page: Page, boxOf: ReadonlyMap<number, string>): Set<readonly [string, string]> {
  const edges = new Map<string, readonly [string, string]>();
  for (const [at, to] of boxOf) {
    const action = page.action(at);
    const needs = action.needs ?? (action.via === null ? [] : [action.via]);
    for (const need of needs) {
      const from = boxOf.get(need);
      // Between what was spared nothing happened.
      if (from === undefined || from === to || page.action(need).verdict === "hit") continue;
      if (action.verdict === "hit" && page.action(need).sameOutput !== true) continue;
      edges.set(`${from}\n${to}`, [from, to]);
    }
  }
  return new Set(edges.values());
}

function buttonOf(
  box: Box,
  node: { x: number; y: number; width: number; height: number },
  most: number,
  page: Page,
  open: (path: string) => void,
): HTMLElement {
  const seconds = workOf(box, page);
  const kind = `box${box.isRoot ? " root" : ""}${box.isCut ? " cut" : ""}${box.ran.length === 0 ? " spared" : ""}`;
  const button = element(
    "button",
    { type: "button", class: kind, title: box.path },
    element("span", { class: "box-name" }, nameOf(box, page)),
    element("span", { class: "box-facts" }, factsOf(box, page)),
  );
  button.style.left = `${node.x - node.width / 2}px`;
  button.style.top = `${node.y - node.height / 2}px`;
  button.style.width = `${node.width}px`;
  button.style.height = `${node.height}px`;
  const [first] = box.ran.length > 0 ? box.ran : box.spared;
  const share = Math.round((seconds / most) * 100);
  button.style.setProperty("--share", `${share}%`);
  if (first !== undefined) button.style.setProperty("--own", page.colourOf(page.action(first)));
  button.addEventListener("click", () => {
    if (box.path === others) return;
    if (box.isFolder) open(box.path);
    else if (first !== undefined) page.open(first);
  });
  return button;
}

function factsOf(box: Box, page: Page): string {
  const seconds = workOf(box, page);
  const parts = [
    ...(box.ran.length > 0 && (box.isFolder || box.ran.length > 1)
      ? [countText(box.ran.length, "action")]
      : []),
    ...(seconds > 0 ? [secondsText(seconds)] : []),
    ...(box.spared.length > 0 ? [`${numberText(box.spared.length)} spared`] : []),
  ];
  return parts.join(", ");
}

function nameOf(box: Box, page: Page): string {
  if (box.path === others) return "all others";
  if (box.path === "std") return "standard library/";
  return `${shortenStart(page.packageName(box.path), 30)}${box.isFolder ? "/" : ""}`;
}

function workOf(box: Box, page: Page): number {
  return box.ran.reduce((sum, at) => sum + (page.action(at).seconds ?? 0), 0);
}

function widthOf(name: string, facts: string): number {
  return Math.max(112, name.length * 8.3 + 32, facts.length * 6.6 + 30);
}

/** The end of a path tells more than its beginning. */
function shortenStart(text: string, width: number): string {
  return text.length <= width ? text : `…${text.slice(text.length - width + 1)}`;
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function curveOf(points: readonly { x: number; y: number }[], isVertical: boolean): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let [x, y] = [first.x, first.y];
  let path = `M${x},${y}`;
  for (const point of rest) {
    path += isVertical
      ? `C${x},${(y + point.y) / 2} ${point.x},${(y + point.y) / 2} ${point.x},${point.y}`
      : `C${(x + point.x) / 2},${y} ${(x + point.x) / 2},${point.y} ${point.x},${point.y}`;
    [x, y] = [point.x, point.y];
  }
  return path;
}
