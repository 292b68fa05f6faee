import { type Doctor, type Finding, findingTitle } from "../doctor.ts";
import { countText, secondsText } from "../wording/numbers.ts";
import { visibleText } from "../wording/values.ts";
import { codeSpan, prose } from "./markdown/escape.ts";

/** Findings as JSON: two spaces, a newline at the end. */
export function renderDoctorJson(doctor: Doctor): string {
  return `${JSON.stringify(doctor, null, 2)}\n`;
}

/** Findings as Markdown, to be pasted in an issue or a pull request. */
export function renderDoctorMarkdown(doctor: Doctor): string {
  const parts = [`**gocache-why doctor**: ${prose(doctorHeadText(doctor))}`];
  for (const finding of doctor.findings) {
    const save = wouldSaveText(finding);
    parts.push(
      [
        `- **${finding.severity}** ${codeSpan(finding.code)} ${codeSpan(visibleText(placeText(finding)))}`,
        `  ${prose(visibleText(finding.message))}  `,
        `  Seen: ${codeSpan(visibleText(finding.evidence))}  `,
        `  Fix: ${prose(visibleText(finding.fix))}${finding.caution === null ? "" : "  "}`,
        ...(finding.caution === null ? [] : [`  Note: ${prose(visibleText(finding.caution))}`]),
        ...(save === null ? [] : [`  ${prose(save)}`]),
      ].join("\n"),
    );
  }
  const [head, ...states] = experimentTexts(doctor);
  if (head !== undefined)
    parts.push(
      [prose(visibleText(head)), "", ...states.map((text) => `- ${prose(visibleText(text))}`)].join("\n"),
    );
  if (doctor.silenced.length > 0) parts.push(silencedText(doctor));
  return `${parts.join("\n\n")}\n`;
}

/** `2 errors, 1 warning and 3 notes in 14 files`. */
export function doctorHeadText(doctor: Doctor): string {
  const counts = (["error", "warning", "note"] as const).flatMap((severity) => {
    const count = doctor.findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [countText(count, severity)];
  });
  const looked = lookedText(doctor);
  if (counts.length === 0) return `nothing found that costs misses (${looked})`;
  return `${counts.join(", ")} (${looked})`;
}

function lookedText(doctor: Doctor): string {
  const files = `${countText(doctor.read.files.length, "file")} read`;
  return doctor.read.runs === 0 ? files : `${files}, ${countText(doctor.read.runs, "recorded run")}`;
}

/** What `--experiment` came to, a line each; none without it. */
export function experimentTexts({ experiment }: Doctor): readonly string[] {
  if (experiment === undefined) return [];
  const states = experiment.states.map(({ name, actions, missed, seconds }) => {
    if (missed === 0) return `${name}: all ${countText(actions, "action")} as before`;
    const work = seconds === null ? "" : `, ${secondsText(seconds)} of work`;
    return `${name}: ${missed} of ${countText(actions, "action")} missed${work}`;
  });
  const head =
    experiment.command === null ? "experiment" : `experiment with ${experiment.command}, built in copies`;
  const problem = experiment.problem === null ? [] : [`not whole: ${experiment.problem}`];
  return [`${head}:`, ...states, ...problem];
}

/** `file:line`, or the machine. */
export function placeText({ file, line }: Finding): string {
  if (file === null) return "this machine";
  return line === null ? file : `${file}:${line}`;
}

/** What a finding would have saved; null where that is not known. */
export function wouldSaveText({ wouldSave }: Finding): string | null {
  if (wouldSave === null) return null;
  const work = wouldSave.seconds === null ? "" : `, ${secondsText(wouldSave.seconds)} of work`;
  return `In the recorded runs: ${countText(wouldSave.missed, "action")} ran for this alone${work}.`;
}

export function silencedText(doctor: Doctor): string {
  const codes = [...new Set(doctor.silenced.map((each) => each.code))].sort();
  return `${countText(doctor.silenced.length, "finding")} silenced by .gocache-why.json (${codes.join(", ")})`;
}

export { findingTitle };
