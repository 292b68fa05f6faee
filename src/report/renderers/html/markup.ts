import { visibleText } from "../../wording/values.ts";

/** Text that is HTML already: made by `html` alone. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | null | Markup | readonly Value[];

/**
 * HTML from a template. What is put in is escaped, also in attributes (they are written with double quotes), unless it is markup;
 * null is nothing. Control characters and those that turn the writing direction are spelled out.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let text = parts[0] ?? "";
  values.forEach((value, at) => {
    text += write(value) + (parts[at + 1] ?? "");
  });
  return new Markup(text);
}

/** Markup that others wrote: the page's own script and style. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

export const nothing: Markup = new Markup("");

function write(value: Value): string {
  if (value === null) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(write).join("");
  return escapeHtml(visibleText(String(value)));
}

/** Characters that mean something in HTML, in text and between double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A plain value as JSON inside of a script element: nothing in it can end the element, and it is one line. */
export function jsonText(value: unknown): Markup {
  return new Markup(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
    ),
  );
}
