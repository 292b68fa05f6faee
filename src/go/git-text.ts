import { execFileSync } from "node:child_process";
import { dirname, relative } from "node:path";
import { findCheckout } from "./git-head.ts";

/** A git that takes longer waits for something. */
const patienceMs = 2_000;

/**
 * The bytes of a file as a commit has it, asked at once: for the few files that a proof needs.
 * @param commit 40 or 64 hex digits
 * @param path absolute
 * @returns one character a byte; null outside a checkout, where the commit has no such file, and where git fails
 */
export function readCommittedText(
  commit: string,
  path: string,
  env: Readonly<Record<string, string>>,
): string | null {
  const checkout = findCheckout(dirname(path));
  if (checkout === null) return null;
  try {
    return execFileSync("git", ["cat-file", "blob", `${commit}:${relative(checkout, path)}`], {
      cwd: checkout,
      env,
      encoding: "latin1",
      maxBuffer: 1 << 24,
      timeout: patienceMs,
      stdio: ["ignore", "pipe", "ignore"],
      windowsHide: true,
    });
  } catch {
    return null;
  }
}
