import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const page = join(import.meta.dirname, "../docs/how-it-works.md");

/**
 * Puts a table into docs/how-it-works.md, in the place of the one that stands between `<!-- MARK -->` and `<!-- end MARK -->`.
 * @param {string} mark
 * @param {string} table Markdown that ends in a newline
 */
export function writeMarkedPlace(mark, table) {
  const text = readFileSync(page, "utf8");
  const place = new RegExp(`(<!-- ${mark} -->\n)[\\s\\S]*?(<!-- end ${mark} -->)`);
  if (!place.test(text)) throw new Error(`${page} has no place for the table: <!-- ${mark} -->`);
  writeFileSync(
    page,
    text.replace(place, (_whole, begin, end) => `${begin}\n${table}\n${end}`),
  );
}
