import { beforeAll, describe, expect, it } from "vitest";
import { type BuildContext, expressionHolds, fileMatches } from "../../src/keys/build-constraints.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "../go/temporary.ts";

/** Each file is its text without the package clause. */
const names: readonly string[] = [
  "plain.go",
  "x_linux.go",
  "x_windows.go",
  "x_amd64.go",
  "x_arm64.go",
  "x_linux_amd64.go",
  "x_darwin_arm64.go",
  "x_android.go",
  "x_unix.go",
  "x_foo_linux.go",
  "linux.go",
  "amd64.go",
  "linux_amd64.go",
  "linux_windows.go",
  "x_linux.pb.go",
  "x.linux.go",
  "x_amd64_linux.go",
  "x_windows_linux.go",
  "x_linux_test_amd64.go",
  "x_race.go",
  "x_cgo.go",
  "x_wasip1.go",
  "x_js_wasm.go",
  "x_zos.go",
  "x_ios.go",
  "x_illumos.go",
  "x_solaris.go",
  "x_hurd.go",
  "x_riscv64.go",
  "x_loong64.go",
  "x_sparc64.go",
];

const texts: Readonly<Record<string, string>> = {
  "c_linux.go": "//go:build linux\n\n",
  "c_not.go": "//go:build !linux\n\n",
  "c_and.go": "//go:build linux && amd64\n\n",
  "c_or.go": "//go:build windows || darwin || (linux && !arm64)\n\n",
  "c_nest.go": "//go:build !(linux && (amd64 || arm64)) || tagged\n\n",
  "c_double.go": "//go:build !(!linux)\n\n",
  "c_unix.go": "//go:build unix\n\n",
  "c_cgo.go": "//go:build cgo\n\n",
  "c_nocgo.go": "//go:build !cgo\n\n",
  "c_race.go": "//go:build race\n\n",
  "c_tag.go": "//go:build tagged\n\n",
  "c_dotted.go": "//go:build tagged.v2 && other_tag\n\n",
  "c_gc.go": "//go:build gc && !gccgo\n\n",
  "c_gccgo.go": "//go:build gccgo\n\n",
  "c_release.go": "//go:build go1.18 && !go1.99\n\n",
  "c_newer.go": "//go:build go1.99\n\n",
  "c_ignore.go": "//go:build ignore\n\n",
  "c_comment.go": "// Copyright\n\n/* More\n   package no */\n\n//go:build windows\n\n// Package doc.\n",
  "c_late.go": "// Package m is\n// like package n.\n//go:build windows\n\n",
  "c_no_blank.go": "//go:build windows\n",
  "c_spaces.go": "//go:build   windows  \n\n",
  "c_tab.go": "//go:build\twindows\n\n",
  "c_crlf.go": "//go:build windows\r\n\r\n",
  "c_after.go": "",
  "c_old.go": "// +build windows\n\n",
  "c_both.go": "//go:build linux\n// +build linux\n\n",
  "c_block.go": "/*\n//go:build windows\n*/\n\n",
  "c_block_line.go": "/* x */ //go:build windows\n\n",
  "c_indented.go": "  //go:build windows\n\n",
  "c_experiment.go": "//go:build goexperiment.boringcrypto\n\n",
  "c_word.go": "//go:buildwindows\n\n",
  "c_bom.go": "\ufeff//go:build windows\n\n",
  "c_windows_on_linux_linux.go": "//go:build windows\n\n",
};

const bodies: Readonly<Record<string, string>> = {
  "b_after.go": "package m\n\n//go:build windows\n",
  "b_c.go": 'package m\n\nimport "C"\n',
  "b_c_group.go": 'package m\n\nimport (\n\t"fmt"\n\n\t"C"\n)\n\nvar _ = fmt.Sprint\n',
  "b_c_block.go": 'package m\n\n/*\n#include <stdio.h>\n*/\nimport "C"\n',
  "b_c_line.go": 'package m; import "C"\n',
  "b_c_text.go": 'package m\n\nconst text = `\nimport "C"\n`\n',
  "b_c_comment.go": 'package m\n\n// import "C"\n/*\nimport "C"\n*/\n',
  "b_c_const.go": 'package m\n\nimport "fmt"\n\nvar list = []string{\n\t"A",\n\t"C"}\n\nvar _ = fmt.Sprint\n',
};

/** Files that the package can't do without as cgo allows C only beside `import "C"`. */
const others: Readonly<Record<string, string>> = {
  "o_linux.s": "// nothing\n",
  "o_windows.s": "// nothing\n",
  "o_tag.s": '//go:build tagged\n\n#include "textflag.h"\n',
  "o_amd64.c": "int o;\n",
  "o_tag.c": "//go:build tagged\n\nint t;\n",
  "o.h": "//go:build tagged\n\n",
  "o_windows.h": "",
};

const all: Readonly<Record<string, string>> = {
  ...Object.fromEntries(names.map((name) => [name, "package m\n"])),
  ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, `${text}package m\n`])),
  ...bodies,
  ...others,
};

const contexts: readonly { goos: string; goarch: string; cgo: boolean; tags: readonly string[] }[] = [
  { goos: "linux", goarch: "amd64", cgo: true, tags: [] },
  { goos: "linux", goarch: "amd64", cgo: false, tags: [] },
  { goos: "linux", goarch: "arm64", cgo: true, tags: ["tagged"] },
  { goos: "windows", goarch: "amd64", cgo: false, tags: ["tagged.v2", "other_tag"] },
  { goos: "darwin", goarch: "arm64", cgo: false, tags: ["race"] },
  { goos: "android", goarch: "arm64", cgo: false, tags: [] },
  { goos: "ios", goarch: "arm64", cgo: false, tags: [] },
  { goos: "illumos", goarch: "amd64", cgo: false, tags: [] },
  { goos: "solaris", goarch: "amd64", cgo: false, tags: ["goexperiment.boringcrypto"] },
  { goos: "js", goarch: "wasm", cgo: false, tags: [] },
  { goos: "wasip1", goarch: "wasm", cgo: false, tags: ["tagged", "other_tag"] },
  { goos: "freebsd", goarch: "riscv64", cgo: false, tags: ["ignore"] },
];

/** Forms that are read in another way than by go, and known to be. */
const notYet: readonly string[] = [
  "c_block.go",
  "c_indented.go",
  "c_bom.go",
  "b_c_line.go",
  "b_c_text.go",
  "b_c_comment.go",
];

describe("against Go itself", () => {
  const wrongAnywhere = new Set<string>();
  const directory = temporaryDirectory();
  const env = goEnvironment(directory);
  let release = 0;

  beforeAll(() => {
    writeFiles(directory, { "go.mod": "module m\n\ngo 1.21\n", ...all });
    release = Number(/go1\.(\d+)/.exec(go(["env", "GOVERSION"], directory, env))?.[1]);
  });

  it.each(contexts)("$goos/$goarch, cgo $cgo, -tags $tags", ({ goos, goarch, cgo, tags }) => {
    const format =
      "{{range .GoFiles}}{{.}}\n{{end}}{{range .CgoFiles}}{{.}}\n{{end}}{{range .CFiles}}{{.}}\n{{end}}" +
      "{{range .HFiles}}{{.}}\n{{end}}{{range .SFiles}}{{.}}\n{{end}}";
    const listed = go(["list", "-e", "-find", `-tags=${tags.join(",")}`, "-f", format, "."], directory, {
      ...env,
      GOOS: goos,
      GOARCH: goarch,
      CGO_ENABLED: cgo ? "1" : "0",
    });
    const taken = new Set(listed.split("\n").filter((name) => name !== ""));
    expect(taken.size).toBeGreaterThan(10);
    const context: BuildContext = { goos, goarch, cgo, tags: new Set(tags), release };
    const wrong = Object.entries(all).flatMap(([name, text]) => {
      const ours = fileMatches(name, Buffer.from(text).toString("latin1"), context);
      if (ours === taken.has(name)) return [];
      wrongAnywhere.add(name);
      return notYet.includes(name) ? [] : [`${name}: ${ours ? "taken" : "left out"}, not by go`];
    });
    expect(wrong).toEqual([]);
  });

  it.each(notYet)("%s is a form that is still read in another way than by go", (name) => {
    expect([...wrongAnywhere], "take it out of the list").toContain(name);
  });
});

describe("expressions", () => {
  const context: BuildContext = {
    goos: "linux",
    goarch: "amd64",
    cgo: true,
    tags: new Set(["a"]),
    release: 26,
  };

  it.each([
    ["a || b && c", true],
    ["(a || b) && c", false],
    ["!a || !b && !c", true],
    ["!(a && b)", true],
    ["go1.26 && !go1.27", true],
    ["a&&!b", true],
    ["!!a", true],
    ["", true],
  ])("%s", (expression, holds) => expect(expressionHolds(expression, context)).toBe(holds));
});
