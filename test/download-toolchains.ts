import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Earlier Go versions of the fixtures: their standard library is read for proofs, and their go is run. */
const versions = ["go1.22.12", "go1.24.11"];

/**
 * Downloads what a fresh machine lacks, before any test compares what go prints: go tells of a download once. Where there is
 * no network the tests that need one of them are skipped, or fail and say which.
 *
 * Asked from an empty GOPATH, as tests ask that may not use the network: what the checksum database says of a toolchain is in the module cache
 * then from its beginning, and not only from where this machine's user knew it.
 */
export default function downloadToolchains(): void {
  const GOMODCACHE = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
  const GOPATH = mkdtempSync(join(tmpdir(), "gocache-why-gopath-"));
  try {
    for (const version of versions) {
      const env = { ...process.env, GOTOOLCHAIN: version, GOPATH, GOMODCACHE };
      spawnSync("go", ["version"], { cwd: GOPATH, env, stdio: "ignore" });
    }
  } finally {
    rmSync(GOPATH, { recursive: true, force: true });
  }
}
