import { describe, expect, test } from "vitest";
import type { GoFlagsSetting } from "../../src/model/go-command.ts";
import { buildFlagWords, parseGoWords, replayWords, splitGoflags } from "../../src/model/go-command.ts";

const goflags = (text: string): GoFlagsSetting => ({ text, origin: "GOFLAGS" });
const parse = (line: string, flags: string | null = null) =>
  parseGoWords(line === "" ? [] : line.split(" "), flags === null ? null : goflags(flags));
const inEffect = (line: string, flags: string | null = null) =>
  Object.fromEntries(parse(line, flags).flags.map((flag) => [flag.name, flag.value]));

describe("parseGoWords", () => {
  test("the verb and where a flag may be added", () => {
    expect(parse("")).toMatchObject({ verb: null, insertAt: 0, recorded: false, chdir: null });
    expect(parse("build ./...")).toMatchObject({
      verb: "build",
      insertAt: 1,
      recorded: true,
      packages: ["./..."],
    });
    expect(parse("mod tidy")).toMatchObject({ verb: "mod", recorded: false, packages: [], rest: ["tidy"] });
    expect(parse("env GOPATH")).toMatchObject({ verb: "env", recorded: false });
    expect(parse("help build")).toMatchObject({ recorded: false, help: true });
    expect(parse("build --help")).toMatchObject({ recorded: false, help: true });
    expect(parse("test -h")).toMatchObject({ recorded: false, help: true });
    expect(parse("run . --help")).toMatchObject({ recorded: true, help: false, rest: ["--help"] });
  });

  test.each([
    ["-C sub build -v", ["-C", "sub"], 3],
    ["--C sub build -v", ["--C", "sub"], 3],
    ["-C=sub build -v", ["-C=sub"], 2],
    ["build -C sub -v", ["-C", "sub"], 3],
    ["build --C=sub -v", ["--C=sub"], 2],
  ])("%s", (line, chdirWords, insertAt) => {
    expect(parse(line)).toMatchObject({ verb: "build", chdir: "sub", chdirWords, insertAt, packages: [] });
    expect(inEffect(line)).toEqual({ "-v": "true" });
  });

  test("-C counts only in front", () => {
    expect(parse("build -v -C sub")).toMatchObject({ chdir: null });
    expect(parse("-C sub")).toMatchObject({ verb: null, chdir: "sub", insertAt: 2 });
  });

  test("flags in canonical form, the last one wins", () => {
    expect(inEffect("build --race -tags a -tags=b,c -ldflags -X=main.v=1 .")).toEqual({
      "-race": "true",
      "-tags": "b,c",
      "-ldflags": "-X=main.v=1",
    });
    expect(inEffect("build -race -race=0 -buildvcs=f -cover=T")).toEqual({
      "-buildvcs": "false",
      "-cover": "true",
    });
    expect(inEffect("build -- -race")).toEqual({});
    expect(parse("build -- -race").packages).toEqual(["-race"]);
  });

  test("per-package flags of several patterns add up", () => {
    expect(inEffect("build -gcflags=all=-N -gcflags=-l -gcflags=all=-S")).toEqual({
      "-gcflags": "-l all=-S",
    });
  });

  test("GOFLAGS gives way to the command line", () => {
    const command = parse("build -tags=x -race=false", "-tags=y -race '-ldflags=-s -w' -mod=mod -run=X");
    expect(command.flags).toEqual([
      { name: "-ldflags", value: "-s -w", origin: "GOFLAGS" },
      { name: "-mod", value: "mod", origin: "GOFLAGS" },
      { name: "-tags", value: "x", origin: "command line" },
    ]);
  });

  test("what else is in effect", () => {
    expect(parse("build -a -n -json -debug-actiongraph=g.json")).toMatchObject({
      force: true,
      dryRun: true,
      json: true,
      userGraph: "g.json",
    });
    expect(parse("build", "-a -json --debug-actiongraph=g")).toMatchObject({
      force: true,
      json: true,
      userGraph: "g",
    });
    expect(parse("build -a=false", "-a")).toMatchObject({ force: false });
  });

  test("run: flags only before the package", () => {
    expect(parse("run -race . -v x")).toMatchObject({ packages: ["."], rest: ["-v", "x"] });
    expect(inEffect("run -race . -v x")).toEqual({ "-race": "true" });
    expect(parse("run -exec sh a.go b.go c -x")).toMatchObject({
      packages: ["a.go", "b.go"],
      rest: ["c", "-x"],
    });
    expect(parse("run example.com/x@v1 a.go")).toMatchObject({
      packages: ["example.com/x@v1"],
      rest: ["a.go"],
    });
  });

  test("test: flags before and after the packages, the rest for the test", () => {
    const command = parse("test -v ./a ./b -run X -race -count=1 -args -race y");
    expect(command).toMatchObject({ packages: ["./a", "./b"], rest: ["-race", "y"] });
    expect(Object.fromEntries(command.flags.map((flag) => [flag.name, flag.value]))).toEqual({
      "-count": "1",
      "-race": "true",
      "-run": "X",
      "-v": "true",
    });
    // testflag.go: an unknown flag ends the package list; a word behind it may be its value.
    expect(parse("test . -update yes -race pos -v")).toMatchObject({
      packages: ["."],
      rest: ["-update", "yes", "pos", "-v"],
    });
    expect(parse("test -update . -v")).toMatchObject({ packages: [], rest: ["-update", "."] });
    expect(parse("test . -- -race")).toMatchObject({ packages: ["."], rest: ["--", "-race"] });
    expect(inEffect("test -test.run=X -test.v -v=test2json")).toEqual({ "-run": "X", "-v": "test2json" });
  });

  test("vet: analyzers are boolean", () => {
    expect(parse("vet -printf -printf.funcs=x -race ./...")).toMatchObject({ packages: ["./..."] });
    expect(parse("vet -vettool tool -c 3 ./...")).toMatchObject({ packages: ["./..."] });
  });
});

test("splitGoflags: quotes as Go takes them", () => {
  expect(splitGoflags(` -a\t'-ldflags=-s -w' "-tags=x y" -X='q' `)).toEqual([
    "-a",
    "-ldflags=-s -w",
    "-tags=x y",
    "-X='q'",
  ]);
  expect(splitGoflags("'-a")).toBeNull();
  expect(parse("build", "'-a").flags).toEqual([]);
});

describe("buildFlagWords", () => {
  test("keeps what decides about keys, as typed", () => {
    const line = "test -race -tags x -run Y -v -count=1 ./... -o out -bench . --trimpath -args -race";
    expect(buildFlagWords(parse(line))).toEqual(["-race", "-tags", "x", "--trimpath"]);
    expect(buildFlagWords(parse("build -a -n -x -v -o f -json -work -ldflags -s"))).toEqual([
      "-ldflags",
      "-s",
    ]);
  });

  test("-coverprofile turns coverage on", () => {
    expect(buildFlagWords(parse("test -coverprofile=c.out ./..."))).toEqual(["-cover"]);
  });
});

describe("replayWords", () => {
  const replay = (line: string, flags: string | null = null) => replayWords(parse(line, flags)).join(" ");

  test("build and install: the user's words with -n -x", () => {
    expect(replay("build")).toBe("build -n -x");
    expect(replay("-C d build -o x ./...")).toBe("-C d build -n -x -o x ./...");
    expect(replay("install -C=d -a -race -json ./...")).toBe("install -C=d -n -x -race ./...");
    expect(replay("build -debug-actiongraph g --work --a=true .")).toBe("build -n -x .");
    expect(replay("build .", "-a -debug-actiongraph=g -v")).toBe(
      "build -n -x -a=false -debug-actiongraph= .",
    );
  });

  test("test, vet and run alike", () => {
    expect(replay("test -race -json ./... -v -args -a")).toBe("test -n -x -race ./... -v -args -a");
    expect(replay("-C d vet -json -printf .")).toBe("-C d vet -n -x -json -printf .");
    expect(replay("run -C=d -a -tags x . -a")).toBe("run -C=d -n -x -tags x . -a");
    expect(replay("test .", "-json -a -n")).toBe("test -n -x -a=false .");
    expect(replay("build -n=false -x .")).toBe("build -n -x .");
  });

  test("a coverage profile is not emptied", () => {
    expect(replay("test . -coverprofile c.out")).toBe("test -n -x -coverprofile= .");
    expect(replay("test .", "-coverprofile=c.out")).toBe("test -n -x -coverprofile= .");
  });

  test("go vet -fix: go list, which changes nothing", () => {
    expect(replay("vet -fix -C=d -tags x -v ./...", "-json -a")).toBe(
      "list -deps -test -a=false -json=false -tags x -f {{.Stale}} ./...",
    );
  });
});
