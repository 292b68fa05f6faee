import type { CauseFact } from "../../causes/cause.ts";
import { type Hypothesis, takesAway } from "../../explore/what-if/hypothesis.ts";
import { parseGoWords, splitGoflags } from "../../model/go-command.ts";
import type { Run } from "../../model/run.ts";

/** A go command as it would have been given. */
export interface SupposedCommand {
  readonly word: string;
  readonly words: readonly string[];
  /** All of go's settings that it had from the user; what is not here was not set. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command of a run with what is supposed, for a build in copies: outputs with an absolute place go to a folder of our own.
 * @param other the earlier run, whose values stand where a cause is undone; null for that run itself
 * @param causes of the report
 */
export function supposedCommand(
  run: Run,
  other: Run | null,
  hypotheses: readonly Hypothesis[],
  causes: readonly CauseFact[],
  outputs: string,
): SupposedCommand | { readonly problem: string } {
  if (run.verb === "run") return { problem: "go run would start the program itself" };
  if (run.settings.flags.some(({ name }) => name === "-overlay"))
    return { problem: "an overlay names files by their whole paths" };
  const flags = new Map<string, string | null>();
  const env = userSettings(run);
  for (const each of hypotheses) {
    if (each.kind === "flag") flags.set(each.name, each.value);
    else if (each.kind === "variable") env[each.name] = each.value;
  }
  for (const fact of other === null ? [] : causes) {
    const isUndone = hypotheses.some((each) => takesAway(each, fact));
    if (!isUndone || other === null) {
      continue;
    }
    const { code, subject } = fact;
    if (code === "flag-changed" || code === "test-flag-changed" || code === "coverage-changed") {
      flags.set(subject, other.settings.flags.find(({ name }) => name === subject)?.value ?? null);
    } else if (code === "env-changed") {
      const value = userSettings(other)[subject];
      if (value === undefined) delete env[subject];
      else env[subject] = value;
    } else if (!/^(file-(edited|added|removed)|directory-moved)$/.test(code))
      return { problem: `${code} can't be undone in a build` };
  }
  const words = withFlags(run.command.slice(1), flags, outputs);
  if (env.GOFLAGS !== undefined) env.GOFLAGS = withoutFlags(env.GOFLAGS, flags);
  if ([...words, ...Object.values(env)].some((text) => text.includes("<hidden:")))
    return { problem: "a value of the command is hidden" };
  return { word: run.command[0] ?? "go", words, env };
}

/** Variables as the user set them, in the environment or by `go env -w`. */
function userSettings({ settings, rawEnvironment }: Run): Record<string, string> {
  return Object.fromEntries(
    Object.keys(settings.envOrigin).flatMap((name) => {
      const value = rawEnvironment?.[name] ?? settings.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function withFlags(
  words: readonly string[],
  flags: ReadonlyMap<string, string | null>,
  outputs: string,
): readonly string[] {
  const { flagWords, insertAt } = parseGoWords(words, null);
  const added = [...flags].flatMap(([name, value]) => (value === null ? [] : `${name}=${value}`));
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    if (at === insertAt) kept.push(...added);
    const flag = flagWords.find(({ index }) => index === at);
    if (flag === undefined) {
      kept.push(words[at] ?? "");
      continue;
    }
    at += flag.count - 1;
    if (flags.has(`-${flag.name}`) || flag.name.startsWith("debug-")) continue;
    const isElsewhere = writes.has(flag.name) && flag.value.startsWith("/") && flag.value !== "/dev/null";
    if (isElsewhere) kept.push(`-${flag.name}=${outputs}/${flag.name}${flag.value.endsWith("/") ? "/" : ""}`);
    else kept.push(...words.slice(flag.index, flag.index + flag.count));
  }
  if (insertAt >= words.length) kept.push(...added);
  return kept;
}

/** Flags that name a file or folder to write. */
const writes = new Set(
  "o coverprofile cpuprofile memprofile blockprofile mutexprofile trace outputdir".split(" "),
);

function withoutFlags(goflags: string, flags: ReadonlyMap<string, string | null>): string {
  const words = (splitGoflags(goflags) ?? []).filter(
    (word) => !flags.has(`-${word.replace(/^--?/, "").replace(/=.*$/s, "")}`),
  );
  return words.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(" ");
}
