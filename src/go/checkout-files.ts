import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { findCheckout } from "./git-head.ts";

/** More files than that are no checkout that people work in. */
const mostFiles = 400_000;

/** Folders that hold other people's code, or what was made. */
const skipped = new Set([".git", "node_modules", "vendor", ".cache", "dist", "target"]);

/**
 * The files of a checkout, relative to its root, with slashes: those that git tracks or would track; outside a checkout all files
 * below the directory, but for folders of other people's code.
 */
export function checkoutFiles(
  root: string,
  env: Readonly<Record<string, string>>,
): { readonly files: readonly string[]; readonly isTracked: boolean } {
  if (findCheckout(root) !== null) {
    try {
      const list = execFileSync(
        "git",
        ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        {
          cwd: root,
          env,
          encoding: "utf8",
          maxBuffer: 1 << 28,
          timeout: 20_000,
          stdio: ["ignore", "pipe", "ignore"],
          windowsHide: true,
        },
      );
      return { files: list.split("\0").filter((name) => name !== ""), isTracked: true };
    } catch {
      // No git, or one that refuses the checkout's owner: its files are there all the same.
    }
  }
  return { files: walk(root), isTracked: false };
}

function walk(root: string): string[] {
  const files: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined && files.length < mostFiles; folder = folders.pop()) {
    for (const entry of entriesOf(join(root, folder))) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) files.push(name);
      else if (entry.isDirectory() && !skipped.has(entry.name)) folders.push(name);
    }
  }
  return files.sort();
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
