export type CiSystem = "github" | "gitlab" | "buildkite" | "other";

/** The CI system that this process runs in, by the variables that it sets; `other` for all that have no face of their own, and for none. */
export async function detectCi(): Promise<CiSystem> {
  const { default: info } = await import("ci-info");
  // Gitea's and Forgejo's runners take GitHub's commands and give its files.
  if (info.GITHUB_ACTIONS || info.GITEA_ACTIONS) return "github";
  if (info.GITLAB) return "gitlab";
  return info.BUILDKITE ? "buildkite" : "other";
}
