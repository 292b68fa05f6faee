import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const page = join(import.meta.dirname, "../docs/accuracy.md");

/**
 * Puts a section into docs/accuracy.md, in the place of the one that has its title, else behind the last.
 * Each script that measures something keeps a section of its own.
 * @param title without `## `
 * @param text Markdown that has no heading of level 1 or 2 outside code
 */
export function writeAccuracySection(title, text) {
  const whole = existsSync(page) ? readFileSync(page, "utf8") : "# Accuracy\n";
  const [head, ...sections] = whole.split(/^(?=## )/m).map((part) => part.trim());
  const isIt = (section) => section.split("\n", 1)[0] === `## ${title}`;
  const fresh = `## ${title}\n\n${text.trim()}`;
  const at = sections.findIndex(isIt);
  if (at < 0) sections.push(fresh);
  else sections[at] = fresh;
  writeFileSync(page, `${[head, ...sections].join("\n\n")}\n`);
}
