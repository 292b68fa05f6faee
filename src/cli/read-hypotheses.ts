import { causeCodes } from "../causes/catalogue.ts";
import { type Hypothesis, noVcsHypothesis, trimpathHypothesis } from "../explore/what-if/hypothesis.ts";
import { UsageError } from "./failure.ts";

/** The suppositions of `what-if` as commander hands them over. */
export interface RawWhatIf {
  readonly trimpath?: true;
  readonly withoutFlag: readonly string[];
  readonly set: readonly string[];
  readonly sameDir?: true;
  readonly sameMtimes?: true;
  /** False under `--no-vcs`. */
  readonly vcs: boolean;
  readonly withoutCause: readonly string[];
}

/** What is supposed, in the order of the help. Throws a `UsageError` where a word is none that can be supposed, or there is none. */
export function readHypotheses(raw: RawWhatIf): readonly [Hypothesis, ...Hypothesis[]] {
  const [first, ...more] = [
    ...(raw.trimpath === true ? [trimpathHypothesis] : []),
    ...raw.withoutFlag.map(flagHypothesis),
    ...raw.set.map(variableHypothesis),
    ...(raw.sameDir === true ? [{ word: "--same-dir", kind: "same-directory" } as const] : []),
    ...(raw.sameMtimes === true ? [{ word: "--same-mtimes", kind: "same-mtimes" } as const] : []),
    ...(raw.vcs ? [] : [noVcsHypothesis]),
    ...raw.withoutCause.map(causeHypothesis),
  ];
  if (first === undefined) {
    throw new UsageError(
      "say what to suppose: --trimpath, --without-flag -race, --set NAME=VALUE, --same-dir, --same-mtimes, --no-vcs or --without-cause CODE",
    );
  }
  return [first, ...more];
}

function flagHypothesis(word: string): Hypothesis {
  const found = /^-{0,2}([\w.-]+)$/.exec(word);
  if (found === null)
    throw new UsageError(`--without-flag takes the name of a flag, -race for instance, and not ${word}`);
  const name = `-${found[1]}`;
  return { word: `--without-flag ${name}`, kind: "flag", name, value: null };
}

function variableHypothesis(word: string): Hypothesis {
  const [, name, value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
  if (name === undefined) throw new UsageError(`--set takes NAME=VALUE, and not ${word}`);
  return { word: `--set ${word}`, kind: "variable", name, value };
}

function causeHypothesis(word: string): Hypothesis {
  const at = word.indexOf(":");
  const code = at < 0 ? word : word.slice(0, at);
  if (!(causeCodes as readonly string[]).includes(code)) {
    throw new UsageError(
      `${code} is no code of a cause; gocache-why diff --format json has those of the run, file-edited for instance`,
    );
  }
  return {
    word: `--without-cause ${word}`,
    kind: "without-cause",
    code,
    subject: at < 0 ? null : word.slice(at + 1),
  };
}
