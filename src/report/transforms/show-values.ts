import { tokensIn } from "../../log/hide/token.ts";
import { textOf } from "../../util/go-quote.ts";
import type { Report } from "../report.ts";
import { mapTexts } from "./map-texts.ts";

/**
 * A report with the values that its tokens stand for, where this process still knows them: those of the run that it recorded or
 * of the logs that it read. What the history has stays a token.
 * @param known token → value, as `createHide` noted them
 */
export function showValues(report: Report, known: ReadonlyMap<string, string>): Report {
  const shown = showTokens(report, known);
  return { ...shown, redaction: { applied: false, hidden: countHidden(shown) } };
}

/** The same for any plain value. */
export function showTokens<T>(value: T, known: ReadonlyMap<string, string>): T {
  return mapTexts(value, (text) => {
    if (!text.includes("<hidden:")) return text;
    return tokensIn(text).reduce((shown, token) => {
      const secret = known.get(token);
      return secret === undefined ? shown : shown.replaceAll(token, () => textOf(secret));
    }, text);
  });
}

/** How many different values are replaced by tokens in a plain value. */
export function countHidden(value: unknown): number {
  return new Set(tokensIn(JSON.stringify(value))).size;
}
