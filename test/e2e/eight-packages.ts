import type { Files } from "./write-files.ts";

const path = "example.com/m";

/** A package whose exported function gives its own name and those of what it imports. */
function library(name: string, imports: readonly string[]): string {
  const block = imports.map((each) => `import "${path}/${each}"\n`).join("");
  const rest = imports.map((each) => ` + ${each}.Name()`).join("");
  return `package ${name}\n\n${block}\n// Name says who is there.\nfunc Name() string {\n\treturn "${name}"${rest}\n}\n`;
}

function program(text: string, imports: readonly string[]): string {
  const block = imports.map((each) => `import "${path}/${each}"\n`).join("");
  const rest = imports.map((each) => `, ${each}.Name()`).join("");
  return `package main\n\n${block}\nvar version = "${text}"\n\nfunc main() {\n\tprintln(version${rest})\n}\n`;
}

/** Two programs and six libraries, one of them with cgo, that import nothing of the standard library but runtime. */
export const eightPackages: Files = {
  "go.mod": `module ${path}\n\ngo 1.24\n`,
  "cmd/one/main.go": program("one", ["a", "b"]),
  "cmd/two/main.go": program("two", ["c", "native"]),
  "a/a.go": library("a", ["c", "d"]),
  "b/b.go": library("b", ["d"]),
  "c/c.go": library("c", ["e"]),
  "d/d.go": library("d", []),
  "e/e.go": library("e", []),
  "native/native.go":
    'package native\n\n// int one(void) { return 1; }\nimport "C"\n\n// Name says who is there.\nfunc Name() string {\n\treturn "native"[C.one():]\n}\n',
  // Each has a file that nothing needs, and one that a tag brings in.
  ...Object.fromEntries(
    ["a", "b", "c", "d", "e"].flatMap((name) => [
      [`${name}/spare.go`, `package ${name}\n\nconst Spare = "${name}"\n`],
      [`${name}/tagged.go`, `//go:build with_${name}\n\npackage ${name}\n\nconst Tagged = true\n`],
    ]),
  ),
};
