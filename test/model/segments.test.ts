import { describe, expect, it } from "vitest";
import type { Block } from "../../src/log/block.ts";
import { digestOf } from "../../src/model/ids.ts";
import { type Segment, segmentBlock } from "../../src/model/segments.ts";
import { fixtureNames, readFixture, runOfFixture } from "../scenarios/fixture.ts";

const joined = (segments: readonly Segment[]): string => segments.map((segment) => segment.text).join("");

function blockOf(name: string, lines: readonly string[]): Block {
  return { digest: digestOf(lines.join("")), name, lines, hidden: false };
}

function cut(line: string, name = "build example.com/m"): Record<string, string> {
  const segments = segmentBlock(blockOf(name, ["go1.26.8", line])).slice(1);
  return Object.fromEntries(segments.map(({ input, text }) => [input, text]));
}

describe.each(fixtureNames())("%s", (name) => {
  const fixture = readFixture(name);
  const before = fixture.before === null ? null : runOfFixture(fixture.before, "before", null);
  const runs = [...(before === null ? [] : [before]), runOfFixture(fixture.now, "now", before)];
  const blocks = new Map(runs.flatMap((run) => [...run.blocks]));

  it("each block is cut into inputs that join to it, each named once, none opaque", () => {
    expect(blocks.size).toBeGreaterThan(0);
    for (const [digest, block] of blocks) {
      const segments = segmentBlock(block);
      const inputs = segments.map((segment) => segment.input);
      expect(new Set(inputs).size, block.name).toBe(inputs.length);
      expect(
        inputs.filter((input) => input.startsWith("opaque") || / #\d+$/.test(input)),
        block.name,
      ).toEqual([]);
      expect(joined(segments) === block.lines.join(""), block.name).toBe(true);
      if (!block.hidden) expect(digestOf(joined(segments)), block.name).toBe(digest);
    }
  });
});

describe("what each line means", () => {
  const dir = "dir /src/m\n";
  it.each<[string, Record<string, string>]>([
    ["compile\n", { form: "compile\n" }],
    [dir, { dir }],
    ["dir /src/with \\xff blank\n", { dir: "dir /src/with \\xff blank\n" }],
    [
      "module example.com/m@v1.2.3\n",
      { "module path": "module example.com/m@", "module version": "v1.2.3\n" },
    ],
    ["module example.com/m@\n", { "module path": "module example.com/m@", "module version": "\n" }],
    ["go 1.22\n", { "go line": "go 1.22\n" }],
    ["go 1.23rc1\n", { "go line": "go 1.23rc1\n" }],
    ["go \n", { "go line": "go \n" }],
    ["goos linux goarch amd64\n", { goos: "goos linux", goarch: " goarch amd64\n" }],
    ['import "example.com/m"\n', { "package path": 'import "example.com/m"\n' }],
    [
      'omitdebug false standard false local false prefix ""\n',
      { omitdebug: "omitdebug false ", "package kind": 'standard false local false prefix ""\n' },
    ],
    ["trimpath\n", { trimpath: "trimpath\n" }],
    ["forcelibrary\n", { forcelibrary: "forcelibrary\n" }],
    ['cgo "cgo version go1.26.8"\n', { "cgo tool": 'cgo "cgo version go1.26.8"\n' }],
    [
      'CC=["ccache" "gcc"] ["-I" "a b"] ["-O2" "-g"] []\n',
      {
        CC: 'CC=["ccache" "gcc"]',
        CGO_CPPFLAGS: ' ["-I" "a b"]',
        CGO_CFLAGS: ' ["-O2" "-g"]',
        CGO_LDFLAGS: " []\n",
      },
    ],
    ['CC ID="gcc version 14"\n', { "CC id": 'CC ID="gcc version 14"\n' }],
    ['CC ID ERROR="no"\n', { "CC id error": 'CC ID ERROR="no"\n' }],
    ['CXX=["g++"] ["-O2"]\n', { CXX: 'CXX=["g++"]', CGO_CXXFLAGS: ' ["-O2"]\n' }],
    ['CXX ID="x"\n', { "CXX id": 'CXX ID="x"\n' }],
    ['FC=["gfortran"] ["-O2"]\n', { FC: 'FC=["gfortran"]', CGO_FFLAGS: ' ["-O2"]\n' }],
    [
      'cover "set" "cover version go1.26.8"\n',
      { "cover mode": 'cover "set"', "cover tool": ' "cover version go1.26.8"\n' },
    ],
    ['fuzz ["-d=libfuzzer"]\n', { fuzz: 'fuzz ["-d=libfuzzer"]\n' }],
    [
      'compile compile version go1.26.8 ["-race"] ["-N" "-l"]\n',
      {
        "compile tool": "compile compile version go1.26.8",
        "compile flags (mode)": ' ["-race"]',
        "compile flags": ' ["-N" "-l"]\n',
      },
    ],
    [
      "compile compile version devel go1.27-abc Mon Jan 1 00:00:00 2026 +0000 X:loopvar [] []\n",
      {
        "compile tool": "compile compile version devel go1.27-abc Mon Jan 1 00:00:00 2026 +0000 X:loopvar",
        "compile flags (mode)": " []",
        "compile flags": " []\n",
      },
    ],
    [
      'asm "asm version go1.26.8" [] ["-D" "X=[1]"]\n',
      {
        "asm tool": 'asm "asm version go1.26.8"',
        "asm flags (mode)": " []",
        "asm flags": ' ["-D" "X=[1]"]\n',
      },
    ],
    ["GOAMD64=v1\n", { "arch level GOAMD64": "GOAMD64=v1\n" }],
    ["GO386=sse2\n", { "arch level GO386": "GO386=sse2\n" }],
    ["GOARM64=v8.0,lse\n", { "arch level GOARM64": "GOARM64=v8.0,lse\n" }],
    ["=\n", { "arch level": "=\n" }],
    ['GOEXPERIMENT="loopvar"\n', { GOEXPERIMENT: 'GOEXPERIMENT="loopvar"\n' }],
    ["magic GOSSAFUNC=main\n", { "magic GOSSAFUNC": "magic GOSSAFUNC=main\n" }],
    ["file a.go AAAAAAAAAAAAAAAAAAAA\n", { "file a.go": "file a.go AAAAAAAAAAAAAAAAAAAA\n" }],
    ["file with blank.txt AA\n", { "file with blank.txt": "file with blank.txt AA\n" }],
    ["file x \n", { "file x": "file x \n" }],
    ["import fmt AAAAAAAAAAAAAAAAAAAA\n", { "import fmt": "import fmt AAAAAAAAAAAAAAAAAAAA\n" }],
    ["import unsafe \n", { "import unsafe": "import unsafe \n" }],
    ["pgofile AAAA\n", { pgofile: "pgofile AAAA\n" }],
    [
      "buildmode default goos linux goarch amd64\n",
      { buildmode: "buildmode default", goos: " goos linux", goarch: " goarch amd64\n" },
    ],
    ['defaultgodebug "a=1"\n', { defaultgodebug: 'defaultgodebug "a=1"\n' }],
    [
      'link link version go1.26.8 ["-race"] exe\n',
      {
        "link tool": "link link version go1.26.8",
        "link flags (mode)": ' ["-race"]',
        "link buildmode": " exe\n",
      },
    ],
    ['linkflags ["-X" "a=b] c"]\n', { linkflags: 'linkflags ["-X" "a=b] c"]\n' }],
    ["GOROOT=/go\n", { GOROOT: "GOROOT=/go\n" }],
    ["GOROOT=\n", { GOROOT: "GOROOT=\n" }],
    ["GO_EXTLINK_ENABLED=\n", { GO_EXTLINK_ENABLED: "GO_EXTLINK_ENABLED=\n" }],
    ["packagefile a/b=AAAA\n", { "packagefile a/b": "packagefile a/b=AAAA\n" }],
    ["packagemain AA/BB\n", { packagemain: "packagemain AA/BB\n" }],
    ["packageshlib a=AA\n", { "packageshlib a": "packageshlib a=AA\n" }],
    ['vet "vet version go1.26.8"\n', { "vet tool": 'vet "vet version go1.26.8"\n' }],
    ['vetflags ["-json"]\n', { vetflags: 'vetflags ["-json"]\n' }],
    ['pkg "\\x01\\n"\n', { "vetted package": 'pkg "\\x01\\n"\n' }],
    ['vetout "a/b" AAAA\n', { "vetout a/b": 'vetout "a/b" AAAA\n' }],
    ["something new 1\n", { "opaque something": "something new 1\n" }],
    ["newthing=v2\n", { "opaque newthing": "newthing=v2\n" }],
    ['ar ["ar"]\n', { "opaque ar": 'ar ["ar"]\n' }],
    [" =\n", { "opaque  =": " =\n" }],
  ])("%j", (line, expected) => expect(cut(line)).toEqual(expected));

  it("build info: one input an entry, the sum and the version of the main module apart", () => {
    const text =
      "path\\texample.com/m/cmd\\nmod\\texample.com/m\\tv1.0.0\\th1:x=\\ndep\\ta.b/c\\tv1\\th1:y=\\n" +
      "dep\\td.e/f\\tv2\\th1:z=\\n=>\\t./f\\t(devel)\\t\\nbuild\\t-ldflags=\\\"-X 'a.b=c\\\\nd'\\\"\\nbuild\\tvcs.modified=true\\n\\n";
    const segments = segmentBlock(blockOf("build m", ["go1.26.8", `modinfo "${text}"\n`]));
    expect(segments.map((segment) => [segment.input, segment.text])).toEqual([
      ["salt", "go1.26.8"],
      ["modinfo", 'modinfo "'],
      ["modinfo path", "path\\texample.com/m/cmd\\n"],
      ["modinfo mod path", "mod\\texample.com/m"],
      ["modinfo mod version", "\\tv1.0.0"],
      ["modinfo mod sum", "\\th1:x=\\n"],
      ["modinfo dep a.b/c", "dep\\ta.b/c\\tv1\\th1:y=\\n"],
      ["modinfo dep d.e/f", "dep\\td.e/f\\tv2\\th1:z=\\n"],
      ["modinfo replace d.e/f", "=>\\t./f\\t(devel)\\t\\n"],
      ["modinfo build -ldflags", "build\\t-ldflags=\\\"-X 'a.b=c\\\\nd'\\\"\\n"],
      ["modinfo build vcs.modified", "build\\tvcs.modified=true\\n"],
      ["modinfo ", "\\n"],
      ["modinfo end", '"\n'],
    ]);
  });

  it("an input that stands twice has a number", () => {
    const segments = segmentBlock(blockOf("build m", ["go1.26.8", "file a AA\n", "file a BB\n"]));
    expect(segments.map((segment) => segment.input)).toEqual(["salt", "file a", "file a #2"]);
  });
});
