import type { ReportCause } from "./report.ts";

/** A place that a cause can be shown at. */
export interface CausePlace {
  /** As the cause has it: relative to the main module's root. */
  readonly file: string;
  /** From 1; null where only the file is known. */
  readonly line: number | null;
  /** What to look for in the file where there is no line; null for nothing. */
  readonly word: string | null;
}

/** The file and the line of a cause, as far as the report has them; null for a cause that is in no file of the checkout. */
export function placeOfCause(cause: ReportCause): CausePlace | null {
  switch (cause.code) {
    case "file-edited":
    case "file-added":
      return inCheckout(cause.subject, firstChangedLine(cause));
    case "test-file-changed":
    case "test-file-too-new":
    case "pgo-profile-changed":
      return inCheckout(cause.subject, null);
    case "module-version-changed":
    case "module-replaced":
    case "godebug-default-changed":
      return { file: "go.mod", line: null, word: cause.subject };
    case "go-directive-changed":
      return { file: "go.mod", line: null, word: "go " };
    default:
      return null;
  }
}

/** Subjects outside the main module have another form: `module@version/path`, `$GOROOT/…`. */
function inCheckout(subject: string, line: number | null): CausePlace | null {
  if (/^[$/~]|^[a-z]:[/\\]|(^|\/)\.\.(\/|$)/i.test(subject) || /^[^/]+\.[^/]*\/.*@v/.test(subject))
    return null;
  return { file: subject, line, word: null };
}

/** The first line that is new or otherwise now, by the edit's unified diff. */
function firstChangedLine({ changes }: ReportCause): number | null {
  const diff = changes.find((change) => change.diff !== null)?.diff ?? "";
  const [, start, body = ""] = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@[^\n]*\n([\s\S]*)/m.exec(diff) ?? [];
  if (start === undefined) return null;
  const lines = body.split("\n");
  const before = lines.findIndex((line) => !line.startsWith(" "));
  // A file that became empty has line 0.
  return Math.max(1, Number(start) + Math.max(0, before));
}
