import { rules } from "@secretlint/secretlint-rule-preset-recommend";

/** From the first character to behind the last. */
export type Range = readonly [number, number];

/**
 * The secrets that secretlint's recommended rules find in a text. They are run without secretlint's core, which is made for
 * files and asynchronous; the rules themselves only match the text. A comment in the text can't switch them off.
 */
export function findKnownSecrets(text: string): readonly Range[] {
  if (!isWorthALook.test(text)) return [];
  // A letter in front of a token (`\p{L}`) makes it none; bytes of text that isn't ASCII would be taken for letters.
  const content = text.replace(/[^\n\r -~]/g, " ");
  const found: Range[] = [];
  for (const { handler } of handlers(found)) {
    handler({ content, filePath: "", ext: "", contentType: "text" });
  }
  return found;
}

/** Names of the rules that are run: a test holds them, so that `isWorthALook` is looked at when there are new ones. */
export function namesOfKnownSecrets(): readonly string[] {
  return handlers([])
    .map(({ name }) => name)
    .sort();
}

/**
 * What at least one rule needs in a text; each rule alone costs more than this one look. The rules for URLs with a password
 * are left to our own, which hide every userinfo.
 */
const isWorthALook =
  /AKIA|A3T[A-Z0-9]|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA|[Ss]ecret_?[Aa]ccess|SECRET_?ACCESS|PRIVATE KEY|x-oauth-basic|_authToken|npm_|xox[bpaor]-|xapp-|hooks\.slack|sk-|gsk_|hf_|lin_api_|ntn_|secret_|SG\.|shp(?:pa|ca|at|ss)_|gh[pousr]_|github_pat_|glpat-|glc_|glsa_|ops_ey|mongodb|mysql|postgres|hv[sbr]\.|vc[piark]k?_|dapi|dckr_pat|figd_/;

/** Of files alone, or made to switch other rules off. */
const leftOut = /-(gcp|filter-comments)$/;

type Source = { content: string; filePath: string; ext: string; contentType: "text" };
type Handler = (source: Source) => unknown;

interface Rule {
  readonly meta: { readonly id: string };
  create(context: RuleContext, options: Record<string, unknown>): { file?: Handler };
}

interface RuleContext {
  createTranslator(messages: unknown): (id: string, data?: unknown) => object;
  report(finding: { range: Range }): void;
  ignore(): void;
}

let made: readonly { readonly name: string; readonly handler: Handler }[] | null = null;
let target: Range[] = [];

/** Rules are made once; where they report to changes with each text. */
function handlers(found: Range[]): NonNullable<typeof made> {
  target = found;
  made ??= (rules as unknown as readonly Rule[])
    .filter(({ meta }) => !leftOut.test(meta.id))
    .flatMap((rule) => {
      const handler = rule.create(
        {
          createTranslator: () => () => ({}),
          report: ({ range }) => target.push(range),
          ignore: () => {},
        },
        {},
      ).file;
      return handler === undefined ? [] : { name: rule.meta.id.replace(/^.*-rule-/, ""), handler };
    });
  return made;
}
