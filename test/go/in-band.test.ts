import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StderrFilterOptions } from "../../src/go/in-band.ts";
import { createStderrFilter } from "../../src/go/in-band.ts";
import { isWhole } from "../whole.ts";
import { goEnvironment, temporaryDirectory, writeFiles } from "./temporary.ts";

type Options = Omit<StderrFilterOptions, "onLog" | "write">;

function filter(chunks: readonly Buffer[], options: Options = { dropX: false }) {
  const log: Buffer[] = [];
  const written: Buffer[] = [];
  const stderr = createStderrFilter({
    ...options,
    onLog: (chunk) => log.push(Buffer.from(chunk)),
    write: (chunk) => written.push(Buffer.from(chunk)),
  });
  for (const chunk of chunks) stderr.push(chunk);
  const before = Buffer.concat(written).toString("latin1");
  stderr.end();
  return {
    before,
    log: Buffer.concat(log).toString("latin1"),
    written: Buffer.concat(written).toString("latin1"),
  };
}

const one = (text: string, options?: Options) => filter([Buffer.from(text, "latin1")], options);
const hex = "0123456789abcdef".repeat(4);
const hashLines = [
  "HASH[build example.com/m]",
  'HASH[build example.com/m]: "go1.26.8"',
  'HASH[build example.com/m]: "import \\"a\\"\\n"',
  'HASH[build a]: "\\\\"',
  `HASH[build example.com/m]: ${hex}`,
  `HASH /src/a b.go: ${hex}`,
  "HASH /src/x.go: open /src/x.go: no such file or directory",
  `HASH subkey ${hex} "stdout" = ${hex}`,
];
const otherLines = [
  "# example.com/m",
  "./a.go:3:5: undefined: x\r",
  "",
  "\r",
  "H",
  "HASH",
  "HASHES",
  "HASH me",
  "\xff\xfe HASH[build x]",
  'text HASH[build x]: "y"',
  "EOF",
];

describe("HASH lines", () => {
  test.each(hashLines)("%s", (line) => {
    expect(one(`${line}\n`)).toMatchObject({ log: `${line}\n`, written: "" });
  });

  test.each(otherLines)("passes %j", (line) => {
    expect(one(`${line}\n`)).toMatchObject({ log: "", written: `${line}\n` });
    expect(one(line)).toMatchObject({ log: "", written: line });
  });

  test("foreign output in the middle of one is written, and kept for the log as damage", () => {
    const text = 'HASH[build p]: "comp./a.go:1: oh\n';
    expect(one(text)).toMatchObject({ log: text, written: text });
    const two = 'HASH[build p]: "comHASH[build q]: "x"\n';
    expect(one(two)).toMatchObject({ log: two, written: two });
  });

  test("a partial last line is held back only while it may be one", () => {
    for (const text of ["H", "HAS", "HASH", "HASH[build x]: "]) expect(one(text).before).toBe("");
    for (const text of ["HA ", "Continue? ", " HASH[", "h"]) expect(one(text).before).toBe(text);
    expect(one("HASH[build x]: ").written).toBe("HASH[build x]: ");
  });

  test("any split gives the same", () => {
    const lines = fc.array(
      fc.tuple(fc.constantFrom(...hashLines, ...otherLines), fc.constantFrom("\n", "\r\n")),
    );
    const property = fc.property(
      lines,
      fc.string(),
      fc.array(fc.nat(40)),
      fc.boolean(),
      (parts, tail, cuts, dropX) => {
        const bytes = Buffer.from(parts.map(([line, end]) => line + end).join("") + tail, "latin1");
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        chunks.push(bytes.subarray(Math.min(at, bytes.length)));
        const whole = filter([bytes], { dropX });
        const split = filter(chunks, { dropX });
        expect({ log: split.log, written: split.written }).toEqual({
          log: whole.log,
          written: whole.written,
        });
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  test("a line of 10 MB, in small pieces, in time", () => {
    for (const start of ["x", 'HASH[build p]: "', "/", "cat "]) {
      const line = Buffer.from(`${start}${"y".repeat(10_000_000)}"\n`);
      const chunks: Buffer[] = [];
      for (let at = 0; at < line.length; at += 8192) chunks.push(line.subarray(at, at + 8192));
      const before = performance.now();
      const result = filter(chunks, { dropX: true });
      expect(result.log.length + result.written.length).toBe(line.length);
      expect(performance.now() - before).toBeLessThan(2000);
    }
  });
});

describe("text of -x", () => {
  const text = [
    "WORK=/tmp/go-build123",
    "mkdir -p $WORK/b001/",
    "cat >/tmp/go-build123/b001/importcfg << 'EOF' # internal",
    "# import config",
    "packagefile a=/c/a-d",
    "EOF",
    "cd /m",
    "git status --porcelain",
    `/goroot/pkg/tool/linux_amd64/compile -o $WORK/b001/_pkg_.a -trimpath "$WORK/b001=>" -p m ./a.go`,
    "TERM='dumb' CGO_LDFLAGS='\"-O2\" \"-g\"' /goroot/pkg/tool/linux_amd64/cgo -objdir $WORK/b003/",
    "TERM='dumb' gcc -I . -c x.c",
    "gcc -Wl,-x -o $WORK/x || true",
    "# get https://proxy.example/x",
    "# get https://proxy.example/x: 200 OK (0.1s)",
    "0.004s # cd /m; git log",
    "cat /c/00/00ab-d  # internal",
    "echo -n > $WORK/b001/go_asm.h # internal",
    "go tool buildid -w $WORK/b001/_pkg_.a # internal",
    "/goroot/pkg/tool/linux_amd64/buildid -w $WORK/b001/_pkg_.a # internal",
    "cp $WORK/b001/_pkg_.a /c/03/03-d # internal",
    "mv $WORK/b001/exe/a.out app",
    "rm -rf $WORK/b001/",
  ];

  test.each(text.filter((line) => !line.endsWith("internal") || !line.startsWith("cat >")))(
    "drops %s",
    (line) => {
      const skipped = ["git status --porcelain", "# import config", "packagefile a=/c/a-d", "EOF"];
      if (!skipped.includes(line))
        expect(one(`${line}\n`, { dropX: true })).toMatchObject({ written: "", log: "" });
    },
  );

  test("heredocs, and version control after cd", () => {
    expect(one(`${text.join("\n")}\nend\n`, { dropX: true })).toMatchObject({ written: "end\n" });
    expect(one("git status --porcelain\n", { dropX: true }).written).not.toBe("");
  });

  test.each([
    "# example.com/m/c",
    "/goroot/pkg/tool/linux_amd64/link: running gcc failed: exit status 1",
    "/usr/bin/gcc -m64 -o $WORK/b001/exe/a.out",
    "go build m: /goroot/pkg/tool/linux_amd64/compile: signal: killed",
    "go: downloading example.com/x v1.0.0",
    "c/c.go:2:3: warning: #warning hi there",
    "    2 | // #warning hi there # internal",
    "WORK=mine",
    "cdx",
  ])("passes %s", (line) => {
    expect(one(`${line}\n`, { dropX: true })).toMatchObject({ written: `${line}\n`, log: "" });
  });

  test("the user's -work, and a tool behind -toolexec", () => {
    expect(one("WORK=/tmp/go-build1\n", { dropX: true, keepWork: true }).written).not.toBe("");
    const line = "wrap -v /goroot/pkg/tool/linux_amd64/compile -o x\n";
    expect(one(line, { dropX: true }).written).toBe(line);
    expect(one(line, { dropX: true, toolexec: "wrap -v" }).written).toBe("");
  });

  test("a HASH line that cuts into a heredoc", () => {
    const result = one(
      `cat >/w/importcfg << 'EOF' # internal\npackagefile a=/caHASH[link q]\nche/x\nEHASH[link q]: "x"\nOF\n./a.go:1: end\n`,
      { dropX: true },
    );
    expect(result).toMatchObject({ written: "./a.go:1: end\n", log: 'HASH[link q]\nHASH[link q]: "x"\n' });
  });
});

describe("real builds", () => {
  const root = temporaryDirectory();
  const directory = join(root, "m");
  mkdirSync(directory);
  writeFiles(directory, {
    "go.mod": "module example.com/m\n\ngo 1.22\n",
    "a/a.go": "package a\n\nfunc A() int { return 1 }\n\nfunc b()\n",
    "a/b.s": "TEXT ·b(SB),4,$0-0\n\tRET\n",
    "w/w.go":
      'package w\n\n// #warning hi there\n// int f(void) { return 3; }\nimport "C"\n\nfunc W() int { return int(C.f()) }\n',
    "broken/broken.go": 'package broken\n\nimport "example.com/m/a"\n\nvar x int = a.A\n',
  });
  const build = (gocache: string, args: readonly string[], more: Record<string, string>) =>
    spawnSync("go", ["build", ...args, "./..."], {
      cwd: directory,
      env: goEnvironment(join(root, gocache), more),
      encoding: "latin1",
      maxBuffer: 1 << 28,
    });

  test.each(isWhole ? ["local", "go1.22.12", "go1.24.11"] : ["local"])(
    "what is left is what go says alone (%s)",
    { timeout: 180_000 },
    (toolchain) => {
      for (const round of ["cold", "warm"]) {
        const plain = build(`plain-${toolchain}`, ["-p=1"], { GOTOOLCHAIN: toolchain });
        const observed = build(`observed-${toolchain}`, ["-x", "-p=1"], {
          GOTOOLCHAIN: toolchain,
          GODEBUG: "gocachehash=1",
        });
        const result = one(observed.stderr, { dropX: true });
        const lines = (text: string) => text.split("\n").sort();
        expect(observed.stderr).toContain("mkdir -p $WORK");
        expect([round, ...lines(result.written)]).toEqual([round, ...lines(plain.stderr)]);
        expect(result.log.match(/^HASH/gm)?.length).toBe(result.log.split("\n").length - 1);
        // Go 1.26 does not repeat the warning when the package is a hit.
        if (round === "cold") expect(plain.stderr).toContain("#warning hi there");
        expect(plain.status).toBe(1);
      }
    },
  );
});
