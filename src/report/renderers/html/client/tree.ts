import { element } from "./element.ts";
import type { Page } from "./page.ts";

/** Names of actions in the trees and tables become buttons that open what is known of them. */
export function enhanceNames(page: Page): void {
  // Those in folds that are never opened are left alone: there may be thousands.
  const enhance = (within: ParentNode): void => {
    for (const name of within.querySelectorAll<HTMLElement>("[data-action]")) {
      if (name.closest("details:not([open])")?.querySelector(":scope > summary")?.contains(name) === false)
        continue;
      if (name.closest("summary") !== null) addBelow(name, page);
      else toButton(name, page);
    }
  };
  enhance(document);
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (target instanceof HTMLDetailsElement && target.open) enhance(target);
    },
    true,
  );
}

/** On paper nothing can be opened: what is folded directly below the causes is printed open. */
export function openForPrint(): void {
  let opened: HTMLDetailsElement[] = [];
  window.addEventListener("beforeprint", () => {
    opened = [
      ...document.querySelectorAll<HTMLDetailsElement>(
        ".cause > details:not([open]), section > details:not([open])",
      ),
    ].filter((fold) => fold.closest("#actions") === null);
    for (const fold of opened) fold.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });
}

function toButton(name: HTMLElement, page: Page): void {
  const place = Number(name.dataset.action);
  name.removeAttribute("data-action");
  const button = element("button", { type: "button", class: "link" }, ...name.childNodes);
  button.addEventListener("click", () => page.open(place));
  name.append(button);
}

/** A summary opens its fold: the button stands inside of that. */
function addBelow(name: HTMLElement, page: Page): void {
  const fold = name.closest("details");
  if (fold === null || !fold.open) return;
  const place = Number(name.dataset.action);
  name.removeAttribute("data-action");
  const button = element(
    "button",
    { type: "button", class: "link" },
    `inputs, path and proof of ${page.nameOf(page.action(place))}`,
  );
  button.addEventListener("click", () => page.open(place));
  fold.querySelector(":scope > summary")?.after(element("p", { class: "more" }, button));
}
