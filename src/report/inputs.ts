import { readable } from "../causes/changes.ts";
import type { Comparison } from "../compare/compare-runs.ts";
import type { Block, RunAction, RunWithBlocks } from "../model/run.ts";
import { type Segment, segmentBlock } from "../model/segments.ts";
import { textOf } from "../util/go-quote.ts";
import type { Report, ReportAction, ReportRun } from "./report.ts";

/** What went into the keys of a package's actions: `gocache-why inputs`. As in `schema/inputs.schema.json`. */
export interface Inputs {
  readonly schemaVersion: 1;
  readonly tool: Report["tool"];
  /** Import path. */
  readonly package: string;
  /** The run that it is compared with; null where none was asked for. */
  readonly before: ReportRun | null;
  readonly now: ReportRun;
  readonly actions: readonly ActionInputs[];
}

export interface ActionInputs {
  readonly action: ReportAction;
  /** False where the inputs of one of the runs were not recorded; `note` says why. */
  readonly known: boolean;
  readonly note: string | null;
  /** All inputs in the order of the key, with `before` null; against another run only those that differ. */
  readonly inputs: readonly InputValue[];
}

/** One input, in the words of a cause's `changes`; null on the side that lacks it. */
export interface InputValue {
  readonly input: string;
  readonly before: string | null;
  readonly now: string | null;
}

/**
 * The inputs of the actions of one package; with a comparison those that differ.
 * @param report of the same run, with all its actions: it has what became of them.
 */
export function buildInputs(
  report: Report,
  now: RunWithBlocks,
  comparison: Comparison | null,
  name: string,
): Inputs {
  const actions = new Map(now.run.actions.map((action) => [action.key, action]));
  return {
    schemaVersion: 1,
    tool: report.tool,
    package: name,
    before: comparison === null ? null : report.before,
    now: report.now,
    actions: actionsOfPackage(report, name).flatMap((each) => {
      const action = actions.get(each.key);
      if (action === undefined) return [];
      const found = comparison === null ? ownInputs(action, now) : differences(action, comparison);
      return [{ action: { ...each, causes: [], via: null }, ...found }];
    }),
  };
}

/** A package's actions: build, vet, link, test; its variants, its external tests and its test binary behind it. */
export function actionsOfPackage(report: Report, name: string): ReportAction[] {
  const names = [name, `${name}_test`, `${name}.test`];
  const kinds = ["build", "vet", "link", "test"];
  return report.actions
    .filter((action) => names.includes(action.package))
    .sort(
      (a, b) =>
        names.indexOf(a.package) - names.indexOf(b.package) ||
        Number(a.variant !== null) - Number(b.variant !== null) ||
        kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
        (a.key < b.key ? -1 : 1),
    );
}

/** An input that differs, as people write both sides. */
export function inputValue(input: string, before: string | null, now: string | null): InputValue {
  return { input: textOf(input), before: textIn(input, before), now: textIn(input, now) };
}

function textIn(input: string, text: string | null): string | null {
  const value = readable(input, text);
  if (value === null) return null;
  const label = input === "package path" ? "import" : input.replace(/^arch level /, "");
  const rest =
    value.startsWith(`${label} `) || value.startsWith(`${label}=`) ? value.slice(label.length + 1) : value;
  return input === "package path" ? rest.replace(/^"|"$/g, "") : rest;
}

type Found = Omit<ActionInputs, "action">;

function ownInputs(action: RunAction, now: RunWithBlocks): Found {
  const block: Block | undefined = action.digest === null ? undefined : now.blocks.get(action.digest);
  if (block === undefined) return { known: false, note: whyUnknown(action), inputs: [] };
  const inputs = segmentBlock(block)
    .filter(isInput)
    .map(({ input, text }) => inputValue(input, null, text));
  return { known: true, note: null, inputs };
}

function differences(action: RunAction, comparison: Comparison): Found {
  const pair = comparison.pairs.get(action.key);
  if (pair === undefined || pair.before === null) {
    return { known: false, note: "the other run has no such action", inputs: [] };
  }
  const compared = comparison.inputs(action.key);
  if (compared === null) {
    if (pair.sameId === true) return { known: true, note: null, inputs: [] };
    const lacking = comparison.segments("now", action) === null ? action : pair.before;
    const side = lacking === action ? "" : "in the other run ";
    return { known: false, note: `${side}${whyUnknown(lacking)}`, inputs: [] };
  }
  const inputs = compared.deltas
    .filter(({ input, before, now }) => isInput({ input, text: now ?? before ?? "" }))
    .map(({ input, before, now }) => inputValue(input, before, now));
  return { known: true, note: null, inputs };
}

function whyUnknown(action: RunAction): string {
  return action.unverified ?? "its inputs were not recorded";
}

/** The quotes of the build info and its empty lines say nothing. */
function isInput(segment: Segment): boolean {
  return !/^modinfo( end)?( #\d+)?$/.test(segment.input.trim());
}
