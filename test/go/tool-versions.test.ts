import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readToolVersions, toolIdFrom } from "../../src/go/tool-versions.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "./temporary.ts";

const directory = temporaryDirectory();
const env = goEnvironment(directory);
const toolDirectory = go(["env", "GOTOOLDIR"], directory, env).trim();
const flags = (given: Readonly<Record<string, string>>) => (name: string) => given[name] ?? null;

/** What a tool says of itself, asked of go. */
const said = (tool: string): string => go(["tool", tool, "-V=full"], directory, env).trim();

test("a program of -toolexec is asked with its own words, and tools that it leaves alone answer as ever", async () => {
  writeFiles(directory, {
    wrap: '#!/bin/sh\ncase "$3" in\n-V=full) case "$2" in */compile) echo "$("$2" "$3") $1" ;; *) exec "$2" "$3" ;; esac ;;\nesac\n',
  });
  chmodSync(join(directory, "wrap"), 0o755);
  const found = await readToolVersions(
    flags({ "-toolexec": `'${join(directory, "wrap")}' two` }),
    toolDirectory,
    env,
    directory,
  );
  expect(found.compile).toBe(`${said("compile")} two`);
  expect(found.link).toBe(said("link"));
});

test("the program of -vettool is asked in vet's place, from the folder where go ran", async () => {
  writeFiles(directory, { "bin/check": "#!/bin/sh\necho check version 7\n" });
  chmodSync(join(directory, "bin/check"), 0o755);
  const found = await readToolVersions(flags({ "-vettool": "bin/check" }), toolDirectory, env, directory);
  expect(found.vet).toBe("check version 7");
  expect(found.compile).toBe(said("compile"));
});

test("what can't be run is left out", async () => {
  expect(await readToolVersions(flags({ "-toolexec": "/no/such" }), toolDirectory, env, directory)).toEqual(
    {},
  );
});

test.each([
  ["compile version go1.26.8 X:arenas", "compile version go1.26.8 X:arenas"],
  ["vet version devel buildID=aaa/bbb/ccc/ddd", "ddd"],
  ["vet version devel", null],
  ["hello", null],
])("%s", (line, id) => {
  expect(toolIdFrom(line)).toBe(id);
});
