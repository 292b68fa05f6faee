import { inputName } from "../../../wording/inputs.ts";
import { countText, secondsText } from "../../../wording/numbers.ts";
import { markPair } from "../marked-pair.ts";
import type { PageAction, PageData } from "../page-data.ts";
import { element } from "./element.ts";
import { createPage, type Page } from "./page.ts";

/** A dialog with what is known of one action: its path to the root, its inputs before and now, its proof. */
export function createDetail(data: PageData): Page {
  const title = element("h2", { id: "detail-title" });
  const body = element("div");
  const close = element("button", { type: "button", class: "close", "aria-label": "Close" }, "×");
  const dialog = element("dialog", { id: "detail", "aria-labelledby": "detail-title" }, close, title, body);
  document.body.append(dialog);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  const page = createPage(data, (place) => {
    const action = page.action(place);
    title.replaceChildren(page.nameOf(action));
    body.replaceChildren(...contentOf(place, page));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    close.focus();
  });
  return page;
}

function contentOf(place: number, page: Page): Node[] {
  const action = page.action(place);
  const facts = [verdictText(action.verdict)];
  if (action.seconds !== null && action.verdict !== "hit")
    facts.push(`${secondsText(action.seconds)} of work`);
  if (action.sameOutput === true) facts.push("the output is what it had been: who imports it was spared");
  return [
    element("p", {}, `${facts.join("; ")}.`),
    ...causesOf(action, page),
    ...pathOf(place, page),
    ...inputsOf(action, page),
    ...proofOf(action),
  ];
}

function verdictText(verdict: string): string {
  switch (verdict) {
    case "hit":
      return "Cached: nothing ran for it";
    case "key-changed":
      return "It ran: its key is not what it was";
    case "new":
      return "It ran: the run before had no such action";
    case "entry-missing":
      return "It ran: its key is what it was, but the cache had no entry for it";
    case "forced":
      return "It ran since it was forced to";
    case "not-cacheable":
      return "It ran: go keeps no result of it";
    default:
      return "Whether it ran is not known";
  }
}

function causesOf(action: PageAction, page: Page): Node[] {
  if (action.groups.length === 0) return [];
  const items = action.groups.flatMap((at) => {
    const group = page.data.groups[at];
    if (group === undefined) return [];
    return element(
      "li",
      { class: `c${group.colour}` },
      element("span", { class: "number" }, group.label),
      ` ${group.summary}`,
    );
  });
  return [element("h3", {}, "Because of"), element("ul", { class: "plain" }, ...items)];
}

function pathOf(place: number, page: Page): Node[] {
  const steps: number[] = [];
  for (let at: number | null = place; at !== null && !steps.includes(at); at = page.action(at).via)
    steps.push(at);
  if (steps.length < 2) {
    return page.action(place).role === null
      ? []
      : [element("p", {}, "It is a root: it ran for a reason of its own.")];
  }
  const items = steps.map((step, index) => {
    const name = page.nameOf(page.action(step));
    const last = index === steps.length - 1 ? element("span", { class: "dim" }, " the root") : null;
    if (index === 0) return element("li", {}, name);
    const button = element("button", { type: "button", class: "link" }, name);
    button.addEventListener("click", () => page.open(step));
    return element("li", {}, button, last);
  });
  return [element("h3", {}, "Path to the root"), element("ol", { class: "path" }, ...items)];
}

function inputsOf(action: PageAction, page: Page): Node[] {
  const { inputs = [], more = 0 } = action;
  if (inputs.length === 0) return [];
  const rows = inputs.map(([input, before, now]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, inputName(input, page.data.module)),
      ...sidesOf(before, now),
    ),
  );
  const head = ["input", "before", "now"].map((name) => element("th", { scope: "col" }, name));
  return [
    element("h3", {}, "Inputs that differ"),
    element(
      "div",
      { class: "scroll", tabindex: 0, role: "group", "aria-label": "Inputs that differ" },
      element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)),
    ),
    ...(more > 0
      ? [element("p", { class: "dim" }, `and ${countText(more, "more input")}: gocache-why inputs has all`)]
      : []),
  ];
}

function sidesOf(before: string | null, now: string | null): HTMLElement[] {
  if (before === null || now === null) return [plainCell(before), plainCell(now)];
  const { head, before: was, now: is, tail } = markPair(before, now);
  const cell = (tag: "del" | "ins", own: string): HTMLElement =>
    head + own + tail === ""
      ? plainCell("")
      : element("td", {}, element("code", {}, head, own === "" ? null : element(tag, {}, own), tail));
  return [cell("del", was), cell("ins", is)];
}

function plainCell(value: string | null): HTMLElement {
  if (value === null || value === "")
    return element("td", {}, element("span", { class: "dim" }, value === null ? "none" : "empty"));
  return element("td", {}, element("code", {}, value));
}

function proofOf({ proven }: PageAction): Node[] {
  if (proven === undefined || proven === null) return [];
  const text =
    proven === true
      ? "Proven: with what changed put back as it was, its earlier key comes out again."
      : `Not proven: ${proven}.`;
  return [element("h3", {}, "How it is known"), element("p", {}, text)];
}
