import type { Renderer } from "./view.ts";

/** The formats that a report can be had in; each renderer is loaded when it is asked for. */
export const renderers = {
  terminal: async () => (await import("./terminal.ts")).renderTerminal,
  markdown: async () => (await import("./markdown.ts")).renderMarkdown,
  json: async () => (await import("./json.ts")).renderJson,
  html: async () => (await import("./html.ts")).renderHtml,
  trace: async () => (await import("./trace.ts")).renderTrace,
} as const satisfies Readonly<Record<string, () => Promise<Renderer>>>;

export type Format = keyof typeof renderers;

export const formats = Object.keys(renderers) as readonly Format[];

/** The renderer of a format. */
export function loadRenderer(format: Format): Promise<Renderer> {
  return renderers[format]();
}

/** True for a format that shows more than the report's JSON holds: `View.beside`. */
export function showsBeside(format: Format): boolean {
  return format === "html" || format === "trace";
}

/** True for the name of a format. */
export function isFormat(name: string): name is Format {
  return Object.hasOwn(renderers, name);
}
