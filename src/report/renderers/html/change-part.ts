import type { ReportCause } from "../../report.ts";
import type { CauseGroup, ReportView } from "../../transforms/report-view.ts";
import { inputName } from "../../wording/inputs.ts";
import { packageName } from "../../wording/names.ts";
import { countText, numberText, secondsText } from "../../wording/numbers.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { markPair } from "./marked-pair.ts";
import { html, type Markup } from "./markup.ts";

/** Inputs shown of one cause; JSON has all. */
const mostChanges = 60;
/** Characters of one value. */
const longestValue = 4000;
/** Lines of one edit. */
const mostLines = 200;

/** What a cause changed: its roots, how it is known, each input before and now with the part that differs marked, the edits. */
export function changePart(view: ReportView, group: CauseGroup): Markup | null {
  const { module } = view.report.now;
  const causes = group.causes.flatMap((index) => view.report.causes[index] ?? []);
  const facts = factsOf(group, causes, module);
  const changes = causes.flatMap((cause) =>
    cause.changes
      .filter(({ input }) => !/^modinfo (?:end)?$|^modinfo$/.test(input))
      .map((change) => ({ ...change, of: causes.length > 1 ? cause.subject : null })),
  );
  if (facts.length === 0 && changes.length === 0) return null;
  const shown = changes.slice(0, mostChanges);
  const rows = shown.map(({ input, before, now, of }) => {
    const name = `${of === null ? "" : `${of}: `}${inputName(input, module)}`;
    return html`<tr><th scope="row">${shortenMiddle(visibleText(name), 300)}</th>${sides(before, now)}</tr>`;
  });
  const table =
    rows.length === 0
      ? ""
      : html`<div class="scroll" tabindex="0" role="group" aria-label="Inputs before and now"><table><thead><tr><th scope="col">input</th><th scope="col">before</th><th scope="col">now</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const over = changes.length - shown.length;
  const more =
    over > 0
      ? html`<p class="dim">and ${countText(over, "more changed input")}: --format json has all</p>`
      : "";
  return html`${facts}${table}${more}${editsOf(shown)}`;
}

/** Two cells: a value as it was and as it is; what one has of its own is marked. */
export function sides(before: string | null, now: string | null): Markup {
  if (before === null || now === null) return html`<td>${whole(before)}</td><td>${whole(now)}</td>`;
  const pair = markPair(cut(before), cut(now));
  return html`<td>${marked(pair.head, pair.before, pair.tail, "del")}</td><td>${marked(pair.head, pair.now, pair.tail, "ins")}</td>`;
}

function whole(value: string | null): Markup {
  if (value === null) return html`<span class="dim">none</span>`;
  return value === "" ? html`<span class="dim">empty</span>` : html`<code>${cut(value)}</code>`;
}

function marked(head: string, own: string, tail: string, tag: "del" | "ins"): Markup {
  if (head + own + tail === "") return html`<span class="dim">empty</span>`;
  const inner = own === "" ? "" : tag === "del" ? html`<del>${own}</del>` : html`<ins>${own}</ins>`;
  return html`<code>${head}${inner}${tail}</code>`;
}

function cut(value: string): string {
  return shortenMiddle(visibleText(value), longestValue);
}

function factsOf(group: CauseGroup, causes: readonly ReportCause[], module: string | null): Markup[] {
  const facts: Markup[] = [];
  const [cause] = causes;
  if (causes.length > 1) {
    const subjects = causes
      .slice(0, 100)
      .map(({ subject }) => html`<li><code>${shortenMiddle(visibleText(subject), 300)}</code></li>`);
    const over = causes.length - subjects.length;
    facts.push(
      html`<p>These are:</p><ul class="names">${subjects}${over > 0 ? html`<li>and ${numberText(over)} more</li>` : ""}</ul>`,
    );
  }
  const detail = group.evidence.detail;
  if (detail !== "")
    facts.push(html`<p>${group.evidence.kind}: ${shortenMiddle(visibleText(detail), 400)}</p>`);
  if (causes.length === 1 && cause !== undefined && cause.exclusive !== cause.direct + cause.cascade) {
    const seconds =
      cause.exclusiveSeconds === null || cause.exclusive === 0
        ? ""
        : `, ${secondsText(cause.exclusiveSeconds)} of work`;
    facts.push(
      html`<p>${cause.exclusive === 0 ? "Nothing ran for this alone." : `For this alone: ${countText(cause.exclusive, "action")}${seconds}.`}</p>`,
    );
  }
  if (group.packages.length > 0) {
    const names = group.packages
      .slice(0, 12)
      .map((name) => shortenMiddle(visibleText(packageName(name, module)), 200));
    const over = group.packages.length - names.length;
    facts.push(
      html`<p>${group.packages.length === 1 ? "root" : "roots"}: ${names.join(", ")}${over > 0 ? ` and ${numberText(over)} more` : ""}</p>`,
    );
  }
  return facts;
}

function editsOf(changes: readonly { diff: string | null; of: string | null }[]): Markup[] {
  const told = new Map<string, Markup>();
  for (const { diff, of } of changes) {
    if (diff === null || told.has(diff)) continue;
    const lines = diff.trimEnd().split("\n");
    const shown = lines.slice(0, mostLines).map(lineOf);
    const over = lines.length - shown.length;
    const name = of === null ? "" : html`<p><code>${of}</code></p>`;
    const more = over > 0 ? html`<p class="dim">and ${countText(over, "more line")}</p>` : "";
    told.set(
      diff,
      html`${name}<pre class="diff scroll" tabindex="0" role="group" aria-label="Edit">${shown}</pre>${more}`,
    );
  }
  return [...told.values()];
}

function lineOf(line: string): Markup {
  const text = visibleText(line.replaceAll("\t", "    ").slice(0, 2000));
  if (line.startsWith("+")) return html`<ins>${text}</ins>\n`;
  if (line.startsWith("-")) return html`<del>${text}</del>\n`;
  return html`<span class="dim">${text}</span>\n`;
}
