import { spawn } from "node:child_process";

/**
 * Opens a file with what the desktop opens pages with; it is not waited for.
 * @returns false where there is no such program
 */
export function openInBrowser(path: string, process: NodeJS.Process): Promise<boolean> {
  const [program, ...words] = openerOf(process.platform);
  return new Promise((resolve) => {
    const child = spawn(program, [...words, path], { stdio: "ignore", detached: true, env: process.env });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

function openerOf(platform: string): [string, ...string[]] {
  if (platform === "darwin") return ["open"];
  // A path given to `start` would be read by a shell.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return ["xdg-open"];
}
