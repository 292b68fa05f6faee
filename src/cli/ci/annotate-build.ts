import { spawn } from "node:child_process";
import { findGo } from "../../go/find-go.ts";

/**
 * Shows Markdown on the page of a Buildkite build, in the place of what an earlier step showed there under the same name.
 * @returns what went wrong, in one line; null where nothing did, `absent` where there is no agent on PATH
 */
export function annotateBuild(
  text: string,
  { style, context }: { readonly style: string; readonly context: string },
  process: NodeJS.Process,
): Promise<string | "absent" | null> {
  const agent = findGo("buildkite-agent", process.env);
  if (!agent.found) return Promise.resolve("absent");
  return new Promise((resolve) => {
    const child = spawn(agent.path, ["annotate", "--style", style, "--context", context], {
      stdio: ["pipe", "ignore", "ignore"],
      env: process.env,
      timeout: longestMs,
    });
    child.once("error", (error) => resolve(`buildkite-agent could not be run: ${error.message}`));
    child.once("close", (status, signal) => {
      if (status === 0) resolve(null);
      else resolve(`buildkite-agent annotate ended with ${signal ?? `status ${status}`}`);
    });
    // An agent that ends early reads no more; its status tells.
    child.stdin.on("error", () => {});
    child.stdin.end(text);
  });
}

const longestMs = 60_000;
