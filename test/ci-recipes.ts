import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const folder = join(import.meta.dirname, "../docs/ci");

/** The pages of docs/ci by their names without the ending. */
export const recipes: ReadonlyMap<string, string> = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => [name.slice(0, -3), readFileSync(join(folder, name), "utf8")]),
);

/** The blocks of a page in one language, in order. */
export function blocksOf(page: string, language: string): string[] {
  const found = (recipes.get(page) ?? "").matchAll(
    new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"),
  );
  return [...found].map(([, text = ""]) => text);
}

/** The shell scripts of a page, in the order in which its job runs them. */
export function scriptsOf(page: string): string[] {
  return [
    ...blocksOf(page, "sh"),
    ...blocksOf(page, "yaml").flatMap((text) => scriptsIn(parse(text))),
    ...blocksOf(page, "groovy").flatMap((text) =>
      [...text.matchAll(/^\s*sh '(.*)'$/gm)].map(([, line = ""]) => line),
    ),
  ];
}

/** What stands under the names that CI systems have for scripts. */
function scriptsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(scriptsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (name === "run" && typeof inner === "object" && inner !== null && "command" in inner)
      return [String(inner.command)];
    if (name === "run" || name === "script" || name === "commands") return [inner].flat().map(String);
    return scriptsIn(inner);
  });
}
