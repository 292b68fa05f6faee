import { describe, expect, it } from "vitest";
import { shortHashOf } from "../../src/cli/record/before-state.ts";
import { findUnkeyedFiles, type UnkeyedQuestion } from "../../src/cli/record/find-unkeyed-files.ts";
import type { Digest, ShortId } from "../../src/model/ids.ts";
import type { Block, Run, RunAction } from "../../src/model/run.ts";

const native = "/m/native";

function action(outcome: RunAction["outcome"], id = "AAAAAAAAAAAAAAAAAAAA"): RunAction {
  return {
    key: "build m/native",
    kind: "build",
    package: "m/native",
    outcome,
    id: id as ShortId,
  } as RunAction;
}

function block(...lines: readonly string[]): Block {
  const file = (name: string): string => `file ${name} AAAAAAAAAAAAAAAAAAAA\n`;
  return {
    digest: "0".repeat(64) as Digest,
    name: "build m/native",
    hidden: false,
    lines: ["go1.26.8", "compile\n", `dir ${native}\n`, ...lines, file("native.go"), file("native.h")],
  } as Block;
}

const cgo = ['cgo "cgo version go1.26.8"\n', 'CC=["gcc"] [] ["-O2" "-g" "-I/m/native/../include"] []\n'];

function find(
  files: Readonly<Record<string, string>>,
  lines: readonly string[],
  more: Partial<UnkeyedQuestion> = {},
): Record<string, { built: string; now: string | null }> {
  const found = findUnkeyedFiles({
    actions: [action("hit")],
    blockOf: () => block(...lines),
    env: {},
    baseline: null,
    readFile: (path) => {
      const text = files[path];
      return text === undefined ? null : Buffer.from(text);
    },
    ...more,
  });
  return Object.fromEntries(found.map(({ path, built, now }) => [path, { built, now }]));
}

const hash = (text: string): string => shortHashOf(Buffer.from(text));
const goFile = '// #include "native.h"\n// #include "outside.h"\nimport "C"\n';
const files = {
  "/m/native/native.go": `package native\n\n${goFile}`,
  "/m/native/native.h": "#define IN 1\n",
  "/m/include/outside.h": '#include "deeper/more.h"\n#include <stdio.h>\n',
  "/m/include/deeper/more.h": "#define MORE 1\n",
};

describe("findUnkeyedFiles", () => {
  it("finds headers outside of the package's folder, and those that they include", () => {
    expect(Object.keys(find(files, cgo))).toEqual(["/m/include/deeper/more.h", "/m/include/outside.h"]);
  });

  it("finds none of a package without cgo and assembly", () => {
    expect(find(files, [])).toEqual({});
  });

  it("finds what assembly includes from elsewhere", () => {
    const assembly = { "/m/native/add.s": '#include "../include/regs.h"\n', "/m/include/regs.h": "\n" };
    const lines = ['asm "asm version go1.26.8"\n', "file add.s AAAAAAAAAAAAAAAAAAAA\n"];
    expect(Object.keys(find(assembly, lines))).toEqual(["/m/include/regs.h"]);
  });

  it("finds what pkg-config answers from, and what that requires", () => {
    const found = find(
      {
        "/m/native/native.go": 'package native\n\n// #cgo linux pkg-config: --static one\nimport "C"\n',
        "/pc/one.pc": "Requires: two >= 1.2, zlib\n",
        "/pc/two.pc": "Cflags: -DTWO\n",
      },
      cgo,
      { env: { PKG_CONFIG_PATH: "/none:/pc" } },
    );
    expect(Object.keys(found)).toEqual(["/pc/one.pc", "/pc/two.pc"]);
  });

  const outside = "/m/include/outside.h";
  const before = { actions: [action("ran")], unkeyed: [] } as unknown as Run;
  const known = (built: string): Run =>
    ({ ...before, unkeyed: [{ key: "build m/native", path: outside, built, now: built }] }) as unknown as Run;

  it("keeps the content that the package was compiled with while it is taken from the cache", () => {
    const found = find(files, cgo, { baseline: known("earlier") });
    expect(found[outside]).toEqual({ built: "earlier", now: hash(files[outside]) });
  });

  it("takes the present content where the package was compiled, or has another key", () => {
    const present = { built: hash(files[outside]), now: hash(files[outside]) };
    const ran = find(files, cgo, { baseline: known("earlier"), actions: [action("ran")] });
    expect(ran[outside]).toEqual(present);
    const other = find(files, cgo, {
      baseline: known("earlier"),
      actions: [action("hit", "BBBBBBBBBBBBBBBBBBBB")],
    });
    expect(other[outside]).toEqual(present);
  });

  it("remembers what a run was not asked for, and what is gone", () => {
    const found = find({}, [], { baseline: known("earlier"), blockOf: () => undefined });
    expect(found).toEqual({ [outside]: { built: "earlier", now: null } });
  });
});
