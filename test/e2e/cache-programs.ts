import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyTree, type Sandbox } from "./sandbox.ts";

/** Compiles the small cache program of these tests. @returns its path */
export function buildCacheProgram(sandbox: Sandbox): string {
  const path = join(sandbox.root, "bin", "cache-program");
  mkdirSync(join(sandbox.root, "bin"), { recursive: true });
  execFileSync("go", ["build", "-o", path, "."], {
    cwd: join(import.meta.dirname, "cache-program"),
    env: { ...sandbox.env, GOFLAGS: "-mod=mod" },
  });
  return path;
}

/** Another copy of what a program holds. */
export function copyHeld(from: string, to: string): string {
  copyTree(from, to);
  return to;
}

/** Gives the program all that a GOCACHE has, in its own form (`main.go` name and entry). */
export function holdEntriesOf(cache: string, held: string): void {
  mkdirSync(held);
  const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");
  const outputs = new Set<string>();
  for (const folder of readdirSync(cache).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
    for (const name of readdirSync(join(cache, folder)).filter((each) => each.endsWith("-a"))) {
      const [, key = "", output = "", size, time] = readFileSync(join(cache, folder, name), "latin1").split(
        / +/,
      );
      const Time = new Date(Number(time) / 1e6).toISOString();
      const entry = { OutputID: base64(output), Size: Number(size), Time };
      writeFileSync(join(held, `a-${key}`), JSON.stringify(entry));
      if (outputs.has(output)) continue;
      outputs.add(output);
      symlinkSync(join(cache, output.slice(0, 2), `${output}-d`), join(held, `o-${output}`));
    }
  }
}
