import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCheckout } from "../../src/go/git-head.ts";
import { blobIdOf, commitsTouching, findBlobs, readBlobs } from "../../src/go/git-objects.ts";
import { plainEnvironment } from "../e2e/plain-environment.ts";

describe.each(["sha1", "sha256"])("git objects in a %s repository", (format) => {
  let checkout: string;
  const env = {
    ...plainEnvironment(),
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@example.com",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@example.com",
  };
  const git = (...words: string[]): string =>
    execFileSync("git", words, { cwd: checkout, env, encoding: "utf8" }).trim();
  const write = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(checkout, name), content);
  const odd = 'a "b" é *.go';
  const binary = Uint8Array.from({ length: 3000 }, (_, at) => at % 256);

  beforeAll(() => {
    checkout = mkdtempSync(join(tmpdir(), "gocache-why-objects-"));
    git("init", "--quiet", `--object-format=${format}`);
    mkdirSync(join(checkout, "lib"));
    write("lib/a.go", "one\n");
    write(odd, "odd\n");
    write("binary", binary);
    git("add", "--all");
    git("commit", "--quiet", "-m", "first");
    write("lib/a.go", "two\n");
    git("commit", "--quiet", "--all", "-m", "second");
    write("lib/a.go", "three\n");
    git("add", "--all");
  });
  afterAll(() => rmSync(checkout, { recursive: true, force: true }));

  test("are found by commit, HEAD and index, and read whole", async () => {
    const names = ["HEAD~1:lib/a.go", "HEAD:lib/a.go", ":lib/a.go", `HEAD:${odd}`, "HEAD:binary"];
    const blobs = await findBlobs(checkout, [...names, "HEAD:lib", "HEAD:gone", "no such:lib/a.go"], env);
    expect([...blobs.keys()]).toEqual(names);
    const contents = await readBlobs(
      checkout,
      [...blobs.values()].map(({ id }) => id),
      env,
    );
    const read = names.map((name) => contents.get(blobs.get(name)?.id ?? ""));
    expect(read.slice(0, 4).map(String)).toEqual(["one\n", "two\n", "three\n", "odd\n"]);
    expect(new Uint8Array(read[4] ?? [])).toEqual(binary);
    for (const [name, { id, bytes }] of blobs) {
      const content = contents.get(id) ?? Buffer.alloc(0);
      expect([name, blobIdOf(content, id), content.length]).toEqual([name, id, bytes]);
    }
  });

  test("have ids as `git hash-object` prints them", () => {
    const id = git("hash-object", "binary");
    expect(blobIdOf(binary, id)).toBe(id);
  });

  test("of a path are in the commits that touched it", async () => {
    expect(await commitsTouching(checkout, "lib/a.go", 20, env)).toEqual(
      git("log", "--format=%H").split("\n"),
    );
    expect(await commitsTouching(checkout, "lib/a.go", 1, env)).toEqual([git("rev-parse", "HEAD")]);
    expect(await commitsTouching(checkout, odd, 20, env)).toEqual([git("rev-parse", "HEAD~1")]);
  });

  test("are not there where git fails or has none", async () => {
    const outside = mkdtempSync(join(tmpdir(), "gocache-why-no-git-"));
    expect((await findBlobs(outside, ["HEAD:a"], { ...env, GIT_CEILING_DIRECTORIES: tmpdir() })).size).toBe(
      0,
    );
    expect((await findBlobs(checkout, ["HEAD:lib/a.go"], { PATH: "/nowhere" })).size).toBe(0);
    expect((await readBlobs(checkout, ["0".repeat(40)], env)).size).toBe(0);
    expect(await commitsTouching(outside, "a", 1, { ...env, GIT_CEILING_DIRECTORIES: tmpdir() })).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  test("belong to the checkout in which a directory lies, also one that is gone", () => {
    expect(findCheckout(join(checkout, "lib"))).toBe(checkout);
    expect(findCheckout(join(checkout, "gone/deeper"))).toBe(checkout);
    git("worktree", "add", "--quiet", "--detach", "linked");
    expect(findCheckout(join(checkout, "linked/lib"))).toBe(join(checkout, "linked"));
  });
});
