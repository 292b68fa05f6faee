import type { CodePage, CodePages } from "../code-pages.ts";
import { hang, padEnd } from "./terminal/layout.ts";
import type { View } from "./view.ts";

/** Pages of causes as JSON: two spaces, a newline at the end. */
export function renderCodePagesJson(pages: CodePages): string {
  return `${JSON.stringify(pages, null, 2)}\n`;
}

/** Pages of causes on a terminal, one below the other. Commands stand in lines of their own, whatever their length: to be copied. */
export function renderCodePages(pages: CodePages, view: View): string {
  const width = Math.min(Math.max(view.width, 40), 100);
  return `${pages.causes.map((page) => pageLines(page, width).join("\n")).join("\n\n")}\n`;
}

function pageLines(page: CodePage, width: number): string[] {
  const part = (name: string, text: string): string[] => ["", ...hang(`${name}: ${text}`, "  ", width)];
  return [
    ...hang(`${page.code}: ${page.title}`, "", width),
    "",
    ...hang(page.meaning, "  ", width).map((line) => line.replace(/^ +/, "  ")),
    ...part(
      "Subject",
      `${page.subject}.${page.everyRun ? " It comes back on every run of the same command." : ""}`,
    ),
    ...part("How it is known", page.proof),
    ...part("What to do", page.fix),
    ...(page.unsafe === null ? [] : part("Careful", page.unsafe)),
    "",
    "  By hand:",
    ...page.byHand.commands.map((command) => `    ${command}`),
    ...hang(page.byHand.see, "    ", width),
    ...(page.more === null ? [] : part("More", `${page.more.file}: ${page.more.about}.`)),
  ].map((line) => line.trimEnd());
}

/** All codes with a heading each, by class: what `explain` says without a code. */
export function renderCodeList(pages: CodePages): string {
  const column = Math.max(...pages.causes.map(({ code }) => code.length)) + 2;
  const lines = ["gocache-why explains these causes; gocache-why explain CODE tells more of one"];
  for (const kind of new Set(pages.causes.map((page) => page.class))) {
    lines.push("", kind);
    for (const page of pages.causes)
      if (page.class === kind) lines.push(`  ${padEnd(page.code, column)}${page.title}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Pages of causes as Markdown: with `whole` the document of all of them, docs/causes.md. */
export function renderCodePagesMarkdown(pages: CodePages, whole: boolean): string {
  const sections = pages.causes.map(markdownPage);
  return `${(whole ? [introduction(pages), ...sections] : sections).join("\n\n")}\n`;
}

function introduction(pages: CodePages): string {
  const rows = pages.causes.map(
    (page) => `| [\`${page.code}\`](#${page.code}) | ${page.class} | ${escapeCells(page.title)} |`,
  );
  return [
    "# Causes",
    "",
    "Each code that a report may name: what it means, how it is known, what to do. `gocache-why explain CODE` prints the same.",
    "Made by `npm run docs`; a test holds it equal and runs the commands.",
    "",
    "In the commands `PKG` is the package and `MAIN` the program, as the report names them (import paths), `FILE` the file, `MODULE` a",
    "module path, `BINARY` the output file, `OVERLAY` the overlay file, `BROKEN` the package that failed: `PKG=example.com/m/internal/io`.",
    "They need go, git and what every Linux has (`stat -c`, `basenc` and `sha256sum` are GNU's), and they run in the module. Setting",
    "`GODEBUG` or `-n` changes no key of builds; the results of tests are others under `GODEBUG` from Go 1.23 on.",
    "",
    "| code | class | |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function markdownPage(page: CodePage): string {
  const more =
    page.more === null
      ? []
      : ["", `More: [${page.more.file}](${linkOf(page.more.file)}): ${page.more.about}.`];
  return [
    `## ${page.code}`,
    "",
    `**${page.title}** (class ${page.class}; subject: ${page.subject}). ${page.meaning}${page.everyRun ? " It comes back on every run of the same command." : ""}`,
    "",
    `- How it is known: ${escapeText(page.proof)}`,
    `- What to do: ${escapeText(page.fix)}`,
    ...(page.unsafe === null ? [] : [`- Careful: ${escapeText(page.unsafe)}`]),
    "",
    "By hand:",
    "",
    "```sh",
    ...page.byHand.commands,
    "```",
    "",
    escapeText(page.byHand.see),
    ...more,
  ].join("\n");
}

/** The document stands in docs itself. */
function linkOf(file: string): string {
  return file.replace(/^docs\//, "");
}

/** What Markdown would take for markup: `__DATE__`, `<…>`, `*`. */
function escapeText(text: string): string {
  return text.replace(/[*_<>[\]`]/g, "\\$&");
}

function escapeCells(text: string): string {
  return escapeText(text).replaceAll("|", "\\|");
}
