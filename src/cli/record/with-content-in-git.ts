import type { Explanation } from "../../causes/explain.ts";
import { showContentInGit } from "../../causes/touched.ts";

/**
 * The explanation with what git has of the files of which only the time changed; git is asked where there is such a cause, and
 * only then. What was changed since the run, and what git does not answer for, stays as it is. It never fails.
 * @param env for git
 */
export async function withContentInGit(
  explanation: Explanation,
  env: Readonly<Record<string, string>>,
): Promise<Explanation> {
  // Paths of another machine are none here, whatever lies at them.
  if (explanation.comparison?.now.run.source !== "recorded") return explanation;
  const files = [...explanation.causes.values()].flatMap(({ touched }) => touched ?? []);
  if (files.length === 0) return explanation;
  const { compareWithGit } = await import("../../go/git-contents.ts");
  return showContentInGit(explanation, await compareWithGit(files, env));
}
