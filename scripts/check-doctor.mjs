// Runs doctor over checkouts of public repositories that lie below a folder (owner+name each), and lists what it found:
// node scripts/check-doctor.mjs FOLDER [--write]. With --write the counts go into docs/accuracy.md. Nothing of a checkout is kept.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAccuracySection } from "./accuracy-section.mjs";

const [folder, write] = process.argv.slice(2);
const tool = join(import.meta.dirname, "../bin/gocache-why.js");
const state = mkdtempSync(join(tmpdir(), "gocache-why-doctor-"));
const rows = [];
for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  const text = execFileSync(process.execPath, [tool, "doctor", "--format", "json"], {
    cwd: join(folder, name),
    // Without go nothing of this machine is looked at.
    env: { PATH: "", XDG_STATE_HOME: state },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const { findings, read } = JSON.parse(text);
  for (const { severity, code, file, line, evidence } of findings) {
    console.log(`${name} ${severity} ${code} ${file}:${line} ${evidence.slice(0, 200)}`);
  }
  const counts = new Map();
  for (const { code } of findings) counts.set(code, (counts.get(code) ?? 0) + 1);
  const told = [...counts].map(([code, count]) => `${count} \`${code}\``).join(", ") || "none";
  rows.push(`${name.replace("+", "/")} | ${read.files.length} | ${told}`);
}
rmSync(state, { recursive: true, force: true });
if (write === "--write") {
  const head = "repository | files read | findings\n--- | --- | ---";
  const text = `Made by \`node scripts/check-doctor.mjs FOLDER --write\`: doctor over checkouts of public repositories, for their files alone.`;
  writeAccuracySection("Findings of doctor in public repositories", `${text}\n\n${head}\n${rows.join("\n")}`);
}
