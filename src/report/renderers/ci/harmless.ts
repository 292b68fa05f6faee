import { visibleText } from "../../wording/values.ts";

/**
 * Text as a CI system's log takes it: nothing in it is a command of that system. Names come from reports, and may be anything.
 * Control characters but the line end are spelled out, so that there is no escape sequence and no section of GitLab;
 * `::command::` at a line's start and `##[command]` anywhere (GitHub; `##vso[`, `##teamcity[` elsewhere) are broken by a space.
 */
export function harmless(text: string): string {
  return text.split("\n").map(harmlessLine).join("\n");
}

function harmlessLine(line: string): string {
  return visibleText(line)
    .replace(/^(\s*):(?=:)/, "$1: ")
    .replace(/##(?=\w*\[)/g, "# #");
}
