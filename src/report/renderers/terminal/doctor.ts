import { Chalk } from "chalk";
import type { Doctor, Severity } from "../../doctor.ts";
import { visibleText } from "../../wording/values.ts";
import { doctorHeadText, experimentTexts, placeText, silencedText, wouldSaveText } from "../doctor.ts";
import type { View } from "../view.ts";
import { hang, wrap } from "./layout.ts";

/** Findings on a terminal: place and severity, what it is, what to do. With `-v` also what was seen, and when the fix is unsafe. */
export function renderDoctor(doctor: Doctor, view: View): string {
  const width = Math.min(Math.max(view.width, 40), 100);
  const ink = new Chalk({ level: view.colour });
  const colours: Readonly<Record<Severity, (text: string) => string>> = {
    error: ink.red,
    warning: ink.yellow,
    note: ink.dim,
  };
  const blocks = [wrapHead(doctorHeadText(doctor), width, ink.bold)];
  for (const finding of doctor.findings) {
    const place = visibleText(placeText(finding));
    const lines = [
      `${colours[finding.severity](finding.severity)} ${ink.bold(place)}  ${ink.dim(finding.code)}`,
    ];
    lines.push(...hang(visibleText(finding.message), "  ", width));
    if (view.verbosity > 0)
      lines.push(...hang(`seen: ${visibleText(finding.evidence)}`, "  ", width).map(dimmed));
    lines.push(
      ...hang(visibleText(finding.fix), "  → ", width).map((line) => line.replace(/^ {2}→ /, "  → ")),
    );
    if (finding.caution !== null && view.verbosity > 0) {
      lines.push(...hang(`but: ${visibleText(finding.caution)}`, "  ", width).map(dimmed));
    }
    const save = wouldSaveText(finding);
    if (save !== null) lines.push(...hang(save, "  ", width));
    blocks.push(lines);
  }
  const [head, ...states] = experimentTexts(doctor).map(visibleText);
  if (head !== undefined)
    blocks.push([...wrap(head, width), ...states.flatMap((text) => hang(text, "  ", width))]);
  if (doctor.silenced.length > 0) blocks.push(wrap(silencedText(doctor), width).map(dimmed));
  function dimmed(line: string): string {
    return ink.dim(line);
  }
  return `${blocks.map((lines) => lines.map((line) => line.trimEnd()).join("\n")).join("\n\n")}\n`;
}

function wrapHead(text: string, width: number, bold: (text: string) => string): string[] {
  const [first = "", ...rest] = hang(`gocache-why doctor: ${text}`, "", width);
  return [first.replace("gocache-why doctor:", bold("gocache-why doctor:")), ...rest];
}
