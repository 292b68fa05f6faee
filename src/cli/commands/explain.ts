import { codePages, codesLike, isCauseCode } from "../../report/code-pages.ts";
import {
  renderCodeList,
  renderCodePages,
  renderCodePagesJson,
  renderCodePagesMarkdown,
} from "../../report/renderers/code-pages.ts";
import { UsageError } from "../failure.ts";
import type { ReportOptions } from "../options.ts";
import { viewFor } from "../view.ts";
import { writeText } from "../write-text.ts";

export interface ExplainInput {
  readonly codes: readonly string[];
  readonly format: "terminal" | "json" | "markdown";
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
}

/** Tells what is known of causes, whatever the run: of all codes where none is named. */
export async function explain(input: ExplainInput): Promise<number> {
  const { codes, format, options, process } = input;
  for (const code of codes) if (!isCauseCode(code)) throw unknownCode(code);
  const whole = codes.length === 0;
  const pages = codePages(whole ? undefined : codes.filter(isCauseCode));
  const view = viewFor(options.output === null ? process.stdout : null, options, process.env);
  const text =
    format === "json"
      ? renderCodePagesJson(pages)
      : format === "markdown"
        ? renderCodePagesMarkdown(pages, whole)
        : whole
          ? renderCodeList(pages)
          : renderCodePages(pages, view);
  return writeText(text, { output: options.output, warnings: [], process });
}

function unknownCode(word: string): UsageError {
  const [first, ...others] = codesLike(word);
  const hint =
    first === undefined
      ? "gocache-why explain lists all codes"
      : `did you mean ${[first, ...others].join(" or ")}?`;
  return new UsageError(`there is no cause "${word}"; ${hint}`);
}
