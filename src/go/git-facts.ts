import { execFile } from "node:child_process";
import type { VcsFacts } from "../model/run.ts";

/**
 * What git says about the checkout now: the commit, its time, whether anything is modified or untracked, and the tags
 * that it descends from. The same questions as Go's own (vcs/vcs.go gitStatus, modfetch), asked at the same time.
 * @returns null without a commit, or where git fails
 */
export async function readGitFacts(
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<VcsFacts | null> {
  const git = (...words: string[]): Promise<string | null> =>
    new Promise((resolve) => {
      execFile(
        "git",
        words,
        { cwd: directory, env, maxBuffer: 1 << 26, windowsHide: true },
        (error, stdout) => resolve(error === null ? stdout.trim() : null),
      );
    });
  const [commit, status, refs] = await Promise.all([
    git("-c", "log.showsignature=false", "log", "-1", "--format=%H %ct"),
    git("--no-optional-locks", "status", "--porcelain"),
    git(
      "for-each-ref",
      "--merged=HEAD",
      "--format=%(refname:short) %(objectname) %(*objectname)",
      "refs/tags",
    ),
  ]);
  const found = /^([0-9a-f]{40,64}) (\d+)$/.exec(commit ?? "");
  if (found === null || status === null) return null;
  const tags = (refs ?? "").split("\n").flatMap((line) => {
    const [name = "", object = "", target = ""] = line.split(" ");
    return name === "" ? [] : { name, commit: target || object };
  });
  return { revision: found[1] ?? "", time: Number(found[2]), modified: status !== "", tags };
}
