import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
} from "yaml";
import { type SourceText, sourceBuilder, sourceText } from "../source-text.ts";

/** A YAML value that knows its line. Anchors are followed and `<<` is merged. */
export type Yaml = YamlText | YamlMap | YamlList;

export interface YamlText {
  readonly kind: "text";
  /** The scalar as text: `1.20` stays `1.20`, true is `true`, null is ``. */
  readonly text: string;
  readonly line: number;
  /** The text with the line of each character, as the file has it. */
  readonly source: SourceText;
}

export interface YamlMap {
  readonly kind: "map";
  readonly line: number;
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

export interface YamlEntry {
  /** Line of the key. */
  readonly line: number;
  readonly value: Yaml;
}

export interface YamlList {
  readonly kind: "list";
  readonly line: number;
  readonly items: readonly Yaml[];
  /** `!reference` of GitLab, and other tags; null where there is none. */
  readonly tag: string | null;
}

export type YamlResult =
  | { readonly documents: readonly Yaml[] }
  | { readonly problem: string; readonly line: number };

/** Reads a YAML file; a file that is not well-formed gives its first problem and no value. */
export function readYaml(file: string, text: string): YamlResult {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  if (!Array.isArray(documents)) return { documents: [] };
  for (const document of documents) {
    const error = document.errors[0];
    if (error !== undefined) {
      const last = text.trimEnd().split("\n").length;
      const line = Math.min(lines.linePos(error.pos[0]).line, last);
      return { problem: error.message.split("\n")[0] ?? error.code, line };
    }
  }
  const lineOf = (offset: number) => lines.linePos(offset).line;
  return {
    documents: documents.flatMap((document) => {
      const resolve = (node: Node) => (isAlias(node) ? (node.resolve(document) ?? null) : node);
      const value = convert(document.contents, { file, text, lineOf, resolve }, 0);
      return value === null ? [] : [value];
    }),
  };
}

interface Context {
  readonly file: string;
  readonly text: string;
  lineOf(offset: number): number;
  resolve(node: Node): Node | null;
}

/** Deeper than any file that people write; anchors that hold themselves end here. */
const mostDepth = 60;

function convert(raw: unknown, context: Context, depth: number): Yaml | null {
  const node = raw === null || raw === undefined ? null : context.resolve(raw as Node);
  if (node === null || depth > mostDepth) return null;
  const line = context.lineOf(node.range?.[0] ?? 0);
  if (isMap(node)) {
    const own = new Map<string, YamlEntry>();
    const merged = new Map<string, YamlEntry>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? textOf(key) : "";
      const at = context.lineOf((key as Node | null)?.range?.[0] ?? 0);
      const converted = convert(value, context, depth + 1) ?? emptyText(context.file, at);
      if (name !== "<<") own.set(name, { line: at, value: converted });
      else
        for (const [inner, entry] of mergedEntries(converted))
          if (!merged.has(inner)) merged.set(inner, entry);
    }
    return { kind: "map", line, entries: new Map([...merged, ...own]) };
  }
  if (isSeq(node)) {
    const items = node.items.map(
      (item) => convert(item, context, depth + 1) ?? emptyText(context.file, line),
    );
    const tag = typeof node.tag === "string" && node.tag.startsWith("!") ? node.tag : null;
    return { kind: "list", line, items, tag };
  }
  if (isScalar(node)) {
    const text = textOf(node);
    return { kind: "text", text, line, source: scalarSource(node, text, context, line) };
  }
  return null;
}

function mergedEntries(value: Yaml): readonly (readonly [string, YamlEntry])[] {
  if (value.kind === "map") return [...value.entries];
  if (value.kind === "list") return value.items.flatMap((item) => mergedEntries(item));
  return [];
}

function emptyText(file: string, line: number): YamlText {
  return { kind: "text", text: "", line, source: sourceText(file, "", line) };
}

function textOf(node: Scalar): string {
  if (node.value === null || node.value === undefined) return node.source ?? "";
  // A number or boolean is what was written: 1.20 is no 1.2.
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}

function scalarSource(node: Scalar, text: string, context: Context, line: number): SourceText {
  const [from, to] = node.range ?? [0, 0, 0];
  if (node.type === "BLOCK_LITERAL") return sourceText(context.file, text, line + 1);
  const raw = context.text.slice(from, to);
  if (node.type !== "BLOCK_FOLDED") {
    return raw.includes("\n") ? spread(context.file, text, line, raw) : sourceText(context.file, text, line);
  }
  return fold(context.file, raw, line);
}

/** A plain or quoted scalar over several lines: its words are found again in the file, one after the other. */
function spread(file: string, text: string, line: number, raw: string): SourceText {
  const builder = sourceBuilder(file);
  let at = 0;
  for (const word of text.split(/(?<=\s)(?=\S)/)) {
    const found = raw.indexOf(word.trim(), at);
    if (found >= 0) at = found;
    builder.add(word.replaceAll("\n", " "), line + raw.slice(0, at).split("\n").length - 1);
    if (found >= 0) at += word.trim().length;
  }
  return builder.finish();
}

/** `>` joins lines by blanks; an empty line, or one that is indented deeper, breaks them. */
function fold(file: string, raw: string, line: number): SourceText {
  const [, ...lines] = raw.split("\n");
  const indents = lines
    .filter((each) => each.trim() !== "")
    .map((each) => each.length - each.trimStart().length);
  const indent = Math.min(...indents, 1000);
  const builder = sourceBuilder(file);
  lines.forEach((each, index) => {
    const content = each.slice(indent);
    const next = lines[index + 1];
    const isBroken = content.trim() === "" || /^\s/.test(content) || next === undefined || next.trim() === "";
    builder.add(`${content}${isBroken ? "\n" : " "}`, line + 1 + index);
  });
  return builder.finish();
}

/** The value below some keys; null where there is none. */
export function at(value: Yaml | null | undefined, ...keys: readonly string[]): Yaml | null {
  let found: Yaml | null = value ?? null;
  for (const key of keys) found = found?.kind === "map" ? (found.entries.get(key)?.value ?? null) : null;
  return found;
}

/** A scalar's text; null for anything else and for an empty one. */
export function textAt(value: Yaml | null | undefined, ...keys: readonly string[]): YamlText | null {
  const found = at(value, ...keys);
  return found?.kind === "text" && found.text !== "" ? found : null;
}

/** The entries of a map, none of anything else. */
export function entriesOf(value: Yaml | null | undefined): readonly (readonly [string, YamlEntry])[] {
  return value?.kind === "map" ? [...value.entries] : [];
}

/** The items of a list; a single value is a list of one; null has none. */
export function itemsOf(value: Yaml | null | undefined): readonly Yaml[] {
  if (value === null || value === undefined) return [];
  return value.kind === "list" ? value.items : [value];
}

/** All scalars in a list, lists in it taken apart (GitLab's scripts nest). */
export function textsOf(value: Yaml | null | undefined): readonly YamlText[] {
  return itemsOf(value).flatMap((item) =>
    item.kind === "text" ? (item.text === "" ? [] : [item]) : item.kind === "list" ? textsOf(item) : [],
  );
}

/** The lines of a block of names or paths (`path: |`), each with its line. */
export function linesOf(
  value: Yaml | null | undefined,
): readonly { readonly text: string; readonly line: number }[] {
  return textsOf(value).flatMap(({ source }) => {
    let offset = 0;
    return source.text.split("\n").flatMap((each) => {
      const start = offset;
      offset += each.length + 1;
      const text = each.trim();
      return text === "" ? [] : [{ text, line: source.lineAt(start) }];
    });
  });
}
