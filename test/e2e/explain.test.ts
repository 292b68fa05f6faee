import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { causeCodes } from "../../src/causes/catalogue.ts";
import type { CauseCode } from "../../src/causes/cause.ts";
import { causePages } from "../../src/causes/cause-pages.ts";
import { makeSandbox, type Outcome, run, type Sandbox, tool } from "./sandbox.ts";
import { writeFiles } from "./write-files.ts";

const profile = readFileSync(join(import.meta.dirname, "../../testdata/profiles/first.pgo"), "latin1");

const files = {
  "go.mod": `module example.com/m

go 1.24

require example.com/other v1.0.0

replace example.com/other => ./other
`,
  "other/go.mod": "module example.com/other\n\ngo 1.21\n",
  "other/other.go": "package other\n\nconst Name = 1\n",
  "lib/lib.go": 'package lib\n\nimport "errors"\n\nvar Err = errors.New("lib")\n',
  "lib/lib_windows.go": "package lib\n",
  "lib/lib_test.go": `package lib

import (
	"os"
	"testing"
)

func TestFile(t *testing.T) {
	if _, err := os.ReadFile("testdata/in.txt"); err != nil || os.Getenv("LIB_SIZE") == "1" {
		t.Fatal(err)
	}
}
`,
  "lib/testdata/in.txt": "in\n",
  "writes/writes_test.go": `package writes

import (
	"os"
	"testing"
)

func TestFile(t *testing.T) {
	os.WriteFile("out.txt", []byte("out"), 0o600)
	if _, err := os.ReadFile("out.txt"); err != nil {
		t.Fatal(err)
	}
}
`,
  "alone/alone.go": "package alone\n\nfunc Twice(n int) int { return 2 * n }\n",
  "cmd/app/main.go": `//go:debug panicnil=1
package main

import (
	"example.com/m/lib"
	"example.com/other"
)

func main() { println(lib.Err.Error(), other.Name) }
`,
  "cmd/fast/main.go": "package main\n\nfunc main() { println(1) }\n",
  "other.txt": 'package lib\n\nimport "errors"\n\nvar Err = errors.New("over")\n',
};

let sandbox: Sandbox;

beforeAll(() => {
  sandbox = makeSandbox(files);
  writeFiles(sandbox.module, {
    "cmd/fast/default.pgo": "",
    "../overlay.json": JSON.stringify({
      Replace: { [join(sandbox.module, "lib/lib.go")]: join(sandbox.module, "other.txt") },
    }),
    "../goenv": "GOFLAGS=-buildvcs=auto\n",
  });
  // As bytes: it is packed.
  run(sandbox, "/bin/sh", ["-c", 'printf "%s" "$PROFILE" > cmd/fast/default.pgo'], { env: { PROFILE: "" } });
  for (const words of ["init -q", "add -A", "-c user.name=a -c user.email=a@example.com commit -qm first"])
    shell(`git ${words}`);
  shell('date +%s > "$(go env GOCACHE)/trim.txt"');
});

/** What the page's variables stand for. */
function shell(command: string, env: Readonly<Record<string, string>> = {}): Outcome {
  return run(sandbox, "/bin/bash", ["-c", `exec 2>&1\n${command}`], {
    env: {
      PKG: "example.com/m/lib",
      MAIN: "example.com/m/cmd/app",
      FILE: "lib/lib.go",
      BINARY: join(sandbox.tmp, "app"),
      OVERLAY: join(sandbox.root, "overlay.json"),
      BROKEN: "./broken",
      GOENV: join(sandbox.root, "goenv"),
      ...env,
    },
  });
}

interface Shown {
  /** What the commands have to print, in this order, with anything in between. */
  readonly prints: readonly RegExp[];
  readonly env?: Readonly<Record<string, string>>;
  readonly before?: () => void;
  readonly after?: () => void;
}

const key = /^HASH\[build example\.com\/m\/lib\]: /m.source;

const shown: Readonly<Record<CauseCode, Shown>> = {
  "file-edited": { prints: [new RegExp(`${key}"file lib\\.go ([\\w-]{20})\\\\n"\\n\\1\\n$`, "m")] },
  "file-added": {
    prints: [/^\[lib\.go\] \[\] \[\] left out: \[lib_windows\.go\]$/m, /\?\? lib\/new\.s/],
    before: () => writeFiles(sandbox.module, { "lib/new.s": "" }),
    after: () => rmSync(join(sandbox.module, "lib/new.s")),
  },
  "file-removed": { prints: [/^\[lib\.go\] \[\] \[\] left out: \[lib_windows\.go\]$/m] },
  "pgo-profile-changed": {
    env: { MAIN: "example.com/m/cmd/fast" },
    prints: [/cmd\/fast\/default\.pgo$/m, /^ +\d+ "pgofile /m],
    before: () => writeFiles(sandbox.module, { "cmd/fast/default.pgo": profile }),
    after: () => rmSync(join(sandbox.module, "cmd/fast/default.pgo")),
  },
  "overlay-changed": { prints: [/"file lib\.go ([\w-]{20})\\n"\n(?!.*\1).*"file lib\.go [\w-]{20}\\n"\n$/] },
  "env-changed": { prints: [/^CGO_ENABLED='0'$/m, /^GOFLAGS=-buildvcs=auto$/m] },
  "flag-changed": {
    prints: [/compile compile version \S+ \[\] /, /compile compile version \S+ \[\] \[\\"-N\\"\]/],
  },
  "coverage-changed": { prints: [/"cover \\"set\\" /, /"cover \\"atomic\\" /] },
  "toolchain-changed": { prints: [/^go1\.\d+/m, /^go 1\.24$/m, new RegExp(`${key}"go1\\.`, "m")] },
  "tool-changed": { prints: [/^compile version go1\.(\S+)$/m, /"compile compile version go1\./] },
  "c-compiler-changed": { env: { CGO_ENABLED: "1" }, prints: [/\d+\.\d+/, /"CC=/, /"CC ID=/] },
  "goroot-moved": { prints: [/^\/.*$/m, /^HASH\[link example\.com\/m\/cmd\/app\]: "GOROOT=\//m] },
  "directory-moved": {
    prints: [new RegExp(`${key}"dir /.*/lib\\\\n"`, "m"), /"module example\.com\/m@\\n"/],
  },
  "modcache-moved": { prints: [/^\/.*\/mod$/m, /^example\.com\/m {2}\/.*$/m] },
  "module-version-changed": {
    prints: [/^example\.com\/other v1\.0\.0 => \.\/other$/m, /^example\.com\/other v1\.0\.0$/m],
  },
  "module-replaced": { prints: [/^example\.com\/other => \.\/other \/.*\/other$/m, /^\/.*\/lib$/m] },
  "go-directive-changed": {
    prints: [/^example\.com\/m go 1\.24$/m, new RegExp(`${key}"go 1\\.24\\\\n"`, "m")],
  },
  "godebug-default-changed": { prints: [/panicnil=1/, /cmd\/app\/main\.go:1:\/\/go:debug panicnil=1/] },
  "module-graph-changed": {
    prints: [/\tpath\texample\.com\/m\/cmd\/app/, /\tdep\texample\.com\/other\tv1\.0\.0/],
  },
  "vcs-stamp-changed": {
    prints: [/\tmod\texample\.com\/m\t/, /vcs\.revision=[0-9a-f]{40}/, /vcs\.modified=/],
  },
  "cache-dir-changed": { prints: [/^\/.*\/gocache$/m, /^GOCACHE=\/.*\/gocache XDG_CACHE_HOME= HOME=\//m] },
  "cache-cleaned": { prints: [/^[1-9]\d*$/m, /^[\d.]+[MG]\s/m] },
  "cache-trimmed": { prints: [/^\d{10}\n/m, /^\d+$/m] },
  "cache-entry-missing": {
    prints: [/\/([0-9a-f]{2})\/\1[0-9a-f]{62}-a$/m],
    before: () => shell("go build ./lib"),
  },
  "cache-entry-damaged": {
    prints: [/^\S+ +\d+ \S+ +\S+ +(\d+) .*-d\nrecorded size: \1$/m],
    before: () => shell("go build ./lib"),
  },
  "cache-not-written": { prints: [/^writable$/m, /%/] },
  "cache-program-miss": { prints: [/\/gocache$/m, /^\d+$/m] },
  "forced-rebuild": {
    prints: [/^GOFLAGS=\S* GODEBUG=gocacheverify=1$/m, /^[1-9]\d*$/m],
    env: { GODEBUG: "gocacheverify=1" },
  },
  "link-not-cached": { prints: [/^2\n0$/m], before: () => shell("go build ./...") },
  "link-target-replaced": { prints: [/^[\w-]{20}\/[\w-]{20}\/[\w-]{20}\/[\w-]{20}$/m] },
  "vet-not-cached": { prints: [/^\d+$/m] },
  "build-failed-before": {
    prints: [/undefined: missing\nstatus 1\n[\s\S]*undefined: missing\nstatus 1\n/],
    before: () => writeFiles(sandbox.module, { "broken/broken.go": "package broken\n\nvar x = missing\n" }),
    after: () => rmSync(join(sandbox.module, "broken"), { recursive: true }),
  },
  "output-not-reproducible": {
    env: { PKG: "example.com/m/alone" },
    prints: [/^([\w-]{20}\/[\w-]{20})\n\1$/m],
  },
  "first-build": { prints: [/^example\.com\/m\/lib is imported by example\.com\/m\/cmd\/app$/m] },
  "test-env-changed": { prints: [/ getenv LIB_SIZE$/m] },
  "test-file-changed": {
    env: { FILE: "lib/testdata/in.txt" },
    prints: [/ open testdata\/in\.txt$/m, /^lib\/testdata\/in\.txt: 3 bytes, mode \d+, \d{4}-/m],
  },
  "test-file-too-new": { env: { PKG: "example.com/m/writes" }, prints: [/file used as input is too new/] },
  "test-flag-changed": { prints: [/args \[\\"-test\.timeout=10m0s\\"\]/, /-test\.short=true/] },
  "test-not-cacheable": { prints: [/testcache: caching disabled for test argument: -test\.count=1/] },
  "test-expired": { prints: [/^\d{19}$/m] },
};

describe("what explain tells to do by hand", () => {
  test.each(causeCodes)("%s", (code) => {
    const { prints, env, before, after } = shown[code];
    before?.();
    try {
      // Each command has to work, not only the last.
      const { stdout, status } = shell(`set -e\n${causePages[code].byHand.commands.join("\n")}`, env);
      expect({ code, status, stdout }).toMatchObject({ status: 0 });
      let rest = stdout;
      for (const pattern of prints) {
        expect(rest).toMatch(pattern);
        const [found = ""] = pattern.exec(rest) ?? [];
        rest = rest.slice(rest.indexOf(found) + found.length);
      }
    } finally {
      after?.();
    }
  });
});

describe("gocache-why explain", () => {
  test("tells of one cause what the document has", () => {
    const { status, stdout } = tool(sandbox, ["explain", "file-edited", "--format", "markdown"]);
    expect(status).toBe(0);
    expect(readFileSync(join(import.meta.dirname, "../../docs/causes.md"), "latin1")).toContain(stdout);
  });

  test("an unknown code is bad usage, and what was meant is named", () => {
    const { status, stdout, stderr } = tool(sandbox, ["explain", "env-chagned"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe('gocache-why: there is no cause "env-chagned"; did you mean env-changed?\n');
  });
});
