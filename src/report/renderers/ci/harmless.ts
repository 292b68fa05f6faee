import { numberText } from "../../wording/numbers.ts";
import { visibleText } from "../../wording/values.ts";

/** Lines of a report that go to a log: a job's log has an end (4 MiB on GitLab), and belongs to others. */
const mostLines = 2_000;

/** A face of the terminal as a CI system's log takes it: without commands, and not too long. */
export function logText(text: string): string {
  const lines = text.trimEnd().split("\n");
  const left = lines.length - mostLines;
  if (left <= 0) return harmless(lines.join("\n"));
  const more = `  … and ${numberText(left)} more lines; --format json has all`;
  return harmless([...lines.slice(0, mostLines), more].join("\n"));
}

/**
 * Text as a CI system's log takes it: nothing in it is a command of that system. Names come from reports, and may be anything.
 * Control characters but the line end are spelled out, so that there is no escape sequence. `::command::` at a line's start,
 * `##[command]` anywhere (GitHub; `##vso[`, `##teamcity[` elsewhere) and `section_start:` (GitLab: the options of a section end
 * where a later section's do, if they have no end of their own) are broken by a space.
 */
export function harmless(text: string): string {
  return text.split("\n").map(harmlessLine).join("\n");
}

function harmlessLine(line: string): string {
  return visibleText(line)
    .replace(/^(\s*):(?=:)/, "$1: ")
    .replace(/##(?=\w*\[)/g, "# #")
    .replace(/section_(?=(?:start|end):)/g, "section_ ");
}
