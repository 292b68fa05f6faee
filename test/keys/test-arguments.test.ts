import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { testArguments } from "../../src/keys/test-arguments.ts";
import { parseGoWords, splitGoflags } from "../../src/model/go-command.ts";
import { goEnvironment, temporaryDirectory, writeFiles } from "../go/temporary.ts";

const root = temporaryDirectory();

const setting = (goflags: string) =>
  goflags === "" ? null : ({ text: goflags, origin: "GOFLAGS" } as const);

function argumentsOf(words: readonly string[], goflags = "", version = "go1.26.8") {
  const { args, notCacheable } = testArguments(
    parseGoWords(["test", ...words], setting(goflags)),
    setting(goflags),
    version,
  );
  return { args, flags: notCacheable.map(({ flag }) => flag) };
}

describe("what go -n says that it would give to the test binary", () => {
  beforeAll(() => {
    writeFiles(root, {
      "m/go.mod": "module example.com/m\n\ngo 1.22\n",
      "m/m_test.go": 'package m\n\nimport "testing"\n\nfunc Test(t *testing.T) {}\n',
    });
  });

  /** The words behind -test.paniconexit0, with what -outputdir and -coverprofile became taken out: they are not hashed. */
  const printed = (words: readonly string[], goflags: string): string[] => {
    // On stderr, under -json in an event on stdout.
    const env = { ...goEnvironment(root, { GOFLAGS: goflags }), PWD: `${root}/m` };
    const run = spawnSync("go", ["test", "-n", ...words], { cwd: `${root}/m`, env, encoding: "utf8" });
    const line = /-test\.paniconexit0[^\n"\\]*/.exec(run.stderr + run.stdout)?.[0];
    if (line === undefined) throw new Error(run.stderr);
    return (splitGoflags(line) ?? []).filter((word) =>
      /^-test\.(?!testlogfile|paniconexit0|outputdir|coverprofile|gocoverdir)/.test(word),
    );
  };

  test.each<[string, string]>([
    [".", ""],
    ["-v .", ""],
    ["-v=0 -v -test.v=TRUE .", ""],
    ["-v=test2json .", ""],
    ["-json .", ""],
    ["-json -v=false .", ""],
    ["-short -run=A -run B -run=C . -skip=D", ""],
    [". -timeout 90s -failfast", ""],
    ["-timeout=0 .", ""],
    ["-timeout 1.5h .", ""],
    ["-timeout=1h0m0.000000001s .", ""],
    ["-timeout=1500ms .", ""],
    ["-timeout=1.0005us .", ""],
    ["-timeout=.5us .", ""],
    ["-timeout=-1m .", ""],
    ["-timeout=1h1h .", ""],
    ["-parallel=0x10 .", ""],
    ["-parallel=010 .", ""],
    ["-parallel=0b1_1 .", ""],
    ["-parallel=+7 .", ""],
    ["-cpu=1,2 -benchtime 3x -fullpath -list= .", ""],
    ["-coverprofile=c.out -outputdir=.. .", ""],
    [". -args -test.short=true", ""],
    [".", "-v"],
    [".", "-v -timeout=1m -short=false -run=A -trimpath"],
    ["-run=B .", "-test.run=A -short"],
    ["-json .", "-v -failfast"],
    ["-timeout=2m .", "-timeout=1m"],
    [".", "--run=A -run=B"],
    [".", "-run=A -test.run=B -test.cpu=2"],
  ])("go test %s, GOFLAGS=%s", (words, goflags) => {
    const list = words.split(" ");
    const { args, flags } = argumentsOf(list, goflags);
    expect(flags).toEqual([]);
    expect(args).toEqual(printed(list, goflags));
  });
});

describe("why nothing is kept", () => {
  test.each<[string, readonly string[]]>([
    ["-v ./...", []],
    ["-count=1 ./...", ["-count"]],
    ["-shuffle off -benchmem ./...", ["-shuffle", "-benchmem"]],
    ["-bench . -cpuprofile=c ./...", ["-bench", "-cpuprofile"]],
    ["-list=. ./...", ["-list"]],
    ["", ["no package list"]],
    ["-v", ["no package list"]],
    ["a.go a_test.go", ["file arguments"]],
    ["./... -args x", ["-args"]],
    ["./... -args -test.short=true -test.count=2", ["-count"]],
    ["./... -update", ["-update"]],
    ["./... -update=yes --also -v", ["-update", "-also"]],
    ["./... -- x", ["-args"]],
    ["-exec env ./...", ["-exec"]],
    ["-fuzz=F ./...", ["-fuzz"]],
  ])("go test %s", (words, expected) => {
    expect(argumentsOf(words.split(" ").filter((word) => word !== "")).flags).toEqual(expected);
  });

  test("GOFLAGS' flags", () => {
    expect(argumentsOf(["./..."], "-count=1 -v").flags).toEqual(["-count"]);
    expect(argumentsOf(["./..."], "-exec=env").flags).toEqual(["-exec"]);
  });

  test.each<[string, readonly string[]]>([
    ["go1.21.13", ["-fullpath", "-skip", "-coverprofile", "-outputdir"]],
    ["go1.22.12", ["-fullpath", "-skip", "-coverprofile", "-outputdir"]],
    ["go1.23.12", ["-skip", "-coverprofile", "-outputdir"]],
    ["devel go1.24-abcdef", ["-skip", "-coverprofile", "-outputdir"]],
    ["go1.25.5", []],
    ["go1.27rc1", []],
    ["go1.28-devel_abcdef", []],
  ])("in %s", (version, expected) => {
    const words = ["-fullpath", "-skip=X", "-coverprofile=c", "-outputdir=d", "./..."];
    expect(argumentsOf(words, "", version).flags).toEqual(expected);
  });
});
