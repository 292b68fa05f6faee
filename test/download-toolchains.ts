import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";

/** Earlier Go versions of the fixtures: their standard library is read for proofs, and their go is run. */
const versions = ["go1.22.12", "go1.24.11"];

/**
 * Downloads what a fresh machine lacks, before any test compares what go prints: go tells of a download once. Where there is
 * no network the tests that need one of them are skipped, or fail and say which.
 */
export default function downloadToolchains(): void {
  for (const version of versions) {
    const env = { ...process.env, GOTOOLCHAIN: version };
    spawnSync("go", ["version"], { cwd: tmpdir(), env, stdio: "ignore" });
  }
}
