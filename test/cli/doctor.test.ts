import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import type { Doctor } from "../../src/report/doctor.ts";
import { readFaultCases } from "../doctor/fault-cases.ts";
import type { Tree } from "../doctor/tree.ts";
import { closedValidator } from "../report/schema.ts";

const root = mkdtempSync(join(tmpdir(), "gocache-why-doctor-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;

function makeCheckout(tree: Tree): string {
  const directory = join(root, `${count++}`);
  mkdirSync(directory);
  for (const [name, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

/** The command line in a directory, with a process of its own. */
async function run(
  cwd: string,
  ...words: string[]
): Promise<{ status: number; stdout: string; stderr: string }> {
  const streams = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof streams) => ({
    write: (text: string) => {
      streams[name] += text;
      return true;
    },
    on: () => {},
    isTTY: false,
    columns: 80,
  });
  const process = {
    argv: ["node", "gocache-why", "doctor", ...words],
    env: { XDG_STATE_HOME: join(root, "state"), PATH: "" },
    cwd: () => cwd,
    stdout: stream("stdout"),
    stderr: stream("stderr"),
  } as unknown as NodeJS.Process;
  const status = await main(process);
  return { status, ...streams };
}

const cases = readFaultCases();
const fault = cases.find(({ id }) => id === "cache-key-constant");
const error = cases.find(({ id }) => id === "cache-path-outside-project");
if (fault === undefined || error === undefined) throw new Error("the cases are gone");

describe("doctor", () => {
  test("tells findings as JSON that the schema describes", async () => {
    const { status, stdout, stderr } = await run(makeCheckout(fault.fault), "--format", "json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const value = JSON.parse(stdout) as Doctor;
    const validate = closedValidator("doctor");
    expect([validate(value), validate.errors]).toEqual([true, null]);
    const inFiles = value.findings.filter((finding) => finding.file !== null);
    expect(inFiles).toMatchObject([
      {
        code: "cache-key-constant",
        severity: "warning",
        file: ".github/workflows/ci.yml",
        line: 17,
        wouldSave: null,
      },
    ]);
    expect(value.read.files).toContain(".github/workflows/ci.yml");
  });

  test("tells place, message and fix on a terminal", async () => {
    const { stdout } = await run(makeCheckout(fault.fault));
    expect(stdout).toContain("warning .github/workflows/ci.yml:17  cache-key-constant\n");
    expect(stdout).toMatch(/stays the\n? *same for every commit/);
    expect(stdout).toContain("  → Save under a key that moves");
  });

  test("writes Markdown to a file", async () => {
    const directory = makeCheckout(fault.fault);
    const { stdout } = await run(directory, "--format", "markdown", "--output", "found.md");
    expect(stdout).toBe("");
    const text = readFileSync(join(directory, "found.md"), "utf8");
    expect(text).toContain("- **warning** `cache-key-constant` `.github/workflows/ci.yml:17`");
  });

  test.each([
    ["a warning", fault.fault, "error", 0],
    ["a warning", fault.fault, "warning", 10],
    ["a warning", fault.fault, "note", 10],
    ["an error", error.fault, "error", 10],
  ] as const)("with %s, %#: exits as --fail-on says", async (_name, tree, limit, status) => {
    expect(await run(makeCheckout(tree), "--fail-on", limit)).toMatchObject({ status });
  });

  test("leaves out what the config file silences with a reason, and tells an entry without one", async () => {
    const ignore = [
      { code: "cache-key-constant", reason: "it is replaced by hand" },
      { code: "cache-key-exact-only" },
    ];
    const directory = makeCheckout({
      ...fault.fault,
      ".gocache-why.json": `${JSON.stringify({ doctor: { ignore } })}\n`,
    });
    const { stdout } = await run(directory, "--format", "json");
    const value = JSON.parse(stdout) as Doctor;
    expect(value.silenced).toMatchObject([{ code: "cache-key-constant", reason: "it is replaced by hand" }]);
    expect(value.findings).toMatchObject([{ code: "config-problem", file: ".gocache-why.json", line: 1 }]);
    expect((await run(directory)).stdout).toContain(
      "1 finding silenced by .gocache-why.json (cache-key-constant)",
    );
  });

  test("refuses another severity", async () => {
    const { status, stderr } = await run(makeCheckout({}), "--fail-on", "fatal");
    expect(status).toBe(2);
    expect(stderr).toContain("Allowed choices are error, warning, note");
  });

  test("hides what looks like a secret", async () => {
    const token = ["ghp", "q8ZsW3xK2mN5vB7cD1fG4hJ6kL9pQ0rT2uYa"].join("_");
    const text = fault.fault[".github/workflows/ci.yml"]?.replace("key: go1.24", `key: ${token}-1.24`) ?? "";
    for (const format of ["terminal", "json", "markdown"]) {
      const { stdout } = await run(
        makeCheckout({ ".github/workflows/ci.yml": text }),
        "--format",
        format,
        "-v",
      );
      expect(stdout).toContain("cache-key-constant");
      expect(stdout).not.toContain(token);
    }
  });
});
