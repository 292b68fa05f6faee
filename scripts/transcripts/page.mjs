import { buildCommand } from "./sandbox.mjs";

/**
 * @typedef {import("./kinds.mjs").Kind} Kind
 * @typedef {object} Result what a transcript's page and its row in the index are made of
 * @property {string} changed what the change itself printed
 * @property {string} text what the terminal showed of the build
 * @property {number} lines of the report
 * @property {string | null} verbose what `diff -v` showed, where that is more
 * @property {string[]} ranByGo keys of the actions that a plain go run ran
 * @property {string[]} ranByReport
 * @property {number} actions in all
 * @property {string[]} onlyGo
 * @property {string[]} onlyReport
 * @property {number | null} work in seconds, as the report has it
 * @property {number} clock in seconds, of the whole command
 * @property {number} unexplained
 * @property {string[]} causes `code subject`
 * @property {string[]} expected
 * @property {string[]} complaints
 */

/** @param {Kind} kind @param {Result} result */
export function page(kind, result) {
  const typed = kind.change === undefined ? "" : `${prompt(kind.change)}${result.changed}`;
  const built = prompt(commandOf(kind).replace("go build", "gocache-why go build")) + result.text;
  return `# ${kind.title}

${kind.what}

${fenced(typed + built)}${
  result.verbose === null
    ? ""
    : `\nThe same with \`-v\`:\n\n${fenced(`$ gocache-why diff -v\n${result.verbose}`)}`
}
## Checked against plain go

The same change in a copy of the same state, built by \`go\` alone with \`-debug-actiongraph\`; what ran is read from that graph.

| | plain go | this report |
| --- | --- | --- |
| actions that ran | ${result.ranByGo.length} | ${result.ranByReport.length} |
| the same set | ${result.onlyGo.length + result.onlyReport.length === 0 ? "yes" : "**no**"} | |
| actions in all | | ${result.actions} |
| unexplained | | ${result.unexplained} |

Causes, as the JSON report names them: ${result.causes.length === 0 ? "none" : result.causes.map(code).join(", ")}.
${result.complaints.map((complaint) => `\n**Wrong**: ${complaint}.\n`).join("")}`;
}

/** @param {[Kind, Result][]} all @param {{ go: string, totals: any, clock: number }} cold */
export function index(all, cold) {
  const rows = all.map(
    ([kind, result]) =>
      `| [${kind.title}](${kind.name}.md) | ${result.causes.map(code).join("<br>") || "none"} | ${result.ranByReport.length} of ${result.actions} | ${seconds(result.work)} | ${seconds(result.clock)} | ${result.lines} | ${verdict(result)} |`,
  );
  return `# Transcripts

Caddy v2.11.9, built through gocache-why. One change each, and each from the same state: a checkout with one commit, built
before by \`${buildCommand}\`. Every text is what the terminal showed, 80 columns wide.

Whether a report is right is checked without the tool: the same change in a copy of the same state is built by plain
\`go build -debug-actiongraph=…\`, and an action ran if its node in that graph, or a helper's with the same work directory,
started a process. *Same set* means that these are exactly the actions that the report says ran.

| change | causes | actions that ran | work | clock | lines | check |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}

The first build, into an empty cache, ran ${cold.totals.ran} of ${cold.totals.actions} actions: ${seconds(cold.totals.seconds)} of work in ${seconds(cold.clock)}.
All was built by ${cold.go.replace(/^go version /, "")} on a machine that had other work too: seconds are not to be compared
from one transcript to the next.

Made by \`node scripts/transcripts.mjs\`, which needs Go, git, gcc and about an hour the first time. It fails where a check does.
`;
}

/** @param {string} commands */
function prompt(commands) {
  return commands.replace(/^/gm, "$ ").concat("\n");
}

/** @param {Kind} kind */
export function commandOf(kind) {
  return kind.command === undefined ? buildCommand : kind.command;
}

/** @param {Result} result */
function verdict(result) {
  if (result.complaints.length > 0) return `**${result.complaints.join("; ")}**`;
  return `same set${result.unexplained === 0 ? ", nothing unexplained" : ""}`;
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``;
}

/** @param {string} text */
function fenced(text) {
  return `\`\`\`text\n${text.replace(/\n*$/, "\n")}\`\`\`\n`;
}

/** @param {number | null} value */
function seconds(value) {
  if (value === null) return "not known";
  return value < 9.95 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
