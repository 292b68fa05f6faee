import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { appAndLib } from "./app-and-lib.ts";
import { environment, makeSandbox, run, type Sandbox, tool } from "./sandbox.ts";
import { makeExecutable, pathWithGo } from "./wrapper-script.ts";
import { writeFiles } from "./write-files.ts";

let sandbox: Sandbox;
/** Compiles one package slowly, so that there is something to be told meanwhile. */
let build: readonly string[];
let edits = 0;

const hasScript = spawnSync("sh", ["-c", "command -v script"]).status === 0;

beforeAll(() => {
  sandbox = makeSandbox(appAndLib);
  const slow = makeExecutable(
    sandbox.root,
    "slow",
    'case "$*" in *-V=full*) ;; *" -p example.com/m/lib "*) sleep 3.5 ;; esac\nexec "$@"\n',
  );
  build = ["go", "build", `-toolexec=${slow}`, "-v", "-o", "bin/", "."];
});
beforeEach(() => {
  writeFiles(sandbox.module, { "lib/lib.go": `package lib\n\nfunc Name() string { return "${edits++}" }\n` });
});

/** What stands on a terminal after these bytes; longer lines than it has columns are the caller's fault. */
function screenOf(bytes: string): string[] {
  const lines = [""];
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of a terminal
  for (const [piece] of bytes.matchAll(/\r|\n|\x1b\[K|\x1b\[\d*m|[^\r\n\x1b]+/g)) {
    const line = lines.at(-1) ?? "";
    if (piece === "\r") column = 0;
    else if (piece === "\n") lines.push("");
    else if (piece === "\x1b[K") lines[lines.length - 1] = line.slice(0, column);
    else if (!piece.startsWith("\x1b")) {
      lines[lines.length - 1] = line.slice(0, column) + piece + line.slice(column + piece.length);
      column += piece.length;
    }
  }
  return lines;
}

/** What is left without the live line: each time that it was drawn, and each time that it was erased. */
function withoutLine(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of a terminal
  return bytes.replace(/\r(gocache-why: [^\r\n\x1b]*)?\x1b\[K/g, "");
}

function words(own: readonly string[], command: readonly string[] = build): string {
  return [process.execPath, inject("tool"), ...own, ...command].map((word) => `'${word}'`).join(" ");
}

/** Runs the tool with a terminal of 70 columns for all its streams. */
function onTerminal(own: readonly string[], env: Record<string, string> = {}): string {
  const outcome = run(sandbox, "script", ["-qec", `stty cols 70; ${words(own)}`, "/dev/null"], {
    env: { TERM: "xterm-256color", NO_COLOR: "1", ...env },
  });
  expect(outcome.status).toBe(0);
  return outcome.stdout;
}

describe.skipIf(!hasScript)("while an in-band build runs", () => {
  test("one line says how far it is; it is gone when go speaks, and at the end", () => {
    const bytes = onTerminal(["--in-band"]);
    expect(bytes).toMatch(/\rgocache-why: 0 actions run, example\.com\/m\/lib, 0:0[23]/);
    expect(bytes).toContain("\r\x1b[K");
    expect(screenOf(bytes)).toEqual(withoutLine(bytes).replaceAll("\r", "").split("\n"));
    // Go's own words, with -v the packages that are compiled, are there as they would have been.
    const [lib, main, head] = screenOf(bytes);
    expect([lib, main]).toEqual(["example.com/m/lib", "example.com/m"]);
    expect(head).toMatch(/^gocache-why: 3 of \d+ actions ran/);
  });

  test("a terminal that a CI system keeps gets no line", () => {
    expect(onTerminal(["--in-band"], { CI: "true" })).not.toContain("\x1b[K");
  });

  test("--quiet shows go's words alone", () => {
    expect(onTerminal(["--in-band", "--quiet"])).toBe("example.com/m/lib\r\nexample.com/m\r\n");
  });

  test("with --output stderr is go's byte for byte", () => {
    expect(onTerminal(["--in-band", "--output", join(sandbox.root, "out.txt")])).toBe(
      "example.com/m/lib\r\nexample.com/m\r\n",
    );
  });

  test("Ctrl-C leaves no line behind", async () => {
    const bytes = await typeWhenShown("\x03", words(["--in-band"]), "actions run");
    expect(screenOf(bytes).filter((line) => line.includes("actions run"))).toEqual([]);
  });
});

describe.skipIf(!hasScript)("while go is asked for the inputs", () => {
  const plain = ["go", "build", "-o", "bin/", "."];
  /** A go whose replay takes its time. */
  const slowReplay = (seconds: number) => ({
    PATH: pathWithGo(
      sandbox.root,
      `replay-${seconds}`,
      `case "$*" in *"-n -x"*) sleep ${seconds} ;; esac\nexec "$GO" "$@"\n`,
    ),
  });

  test("one line says so, and is gone before the report", () => {
    const outcome = run(sandbox, "script", ["-qec", words([], plain), "/dev/null"], {
      env: { TERM: "xterm", NO_COLOR: "1", ...slowReplay(2.5) },
    });
    expect(outcome.stdout).toMatch(/\rgocache-why: asking go for the inputs, [12] s/);
    expect(screenOf(outcome.stdout)[0]).toMatch(/^gocache-why: 3 of \d+ actions ran/);
  });

  test("Ctrl-C leaves no line behind", async () => {
    const bytes = await typeWhenShown("\x03", words([], plain), "asking go", slowReplay(30));
    expect(screenOf(bytes).filter((line) => line.includes("asking go"))).toEqual([]);
  });
});

/** Types on the terminal as soon as it shows a text. */
function typeWhenShown(
  typed: string,
  command: string,
  shown: string,
  env: Record<string, string> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      cwd: sandbox.module,
      env: environment(sandbox, sandbox.module, { TERM: "xterm", NO_COLOR: "1", ...env }),
      stdio: ["pipe", "pipe", "inherit"],
    });
    let bytes = "";
    let isTyped = false;
    child.stdout.on("data", (chunk) => {
      bytes += chunk;
      if (isTyped || !bytes.includes(shown)) return;
      isTyped = true;
      child.stdin.write(typed);
    });
    child.once("error", reject);
    child.once("close", () => resolve(bytes));
  });
}

test("without a terminal nothing is shown", () => {
  const outcome = tool(sandbox, ["--in-band", ...build]);
  expect(outcome.stderr).toMatch(/^example\.com\/m\/lib\nexample\.com\/m\ngocache-why: 3 of /);
  expect(outcome.stderr).not.toContain("\x1b");
});
