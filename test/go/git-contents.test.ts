import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareWithGit, type SeenFile } from "../../src/go/git-contents.ts";
import { digestOf } from "../../src/model/ids.ts";
import { plainEnvironment } from "../e2e/plain-environment.ts";

const env = {
  ...plainEnvironment(),
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

const names = {
  committed: "io/testdata/big.bin",
  odd: 'io/testdata/a "b" ü *.txt',
  staged: "io/testdata/staged.txt",
  modified: "io/testdata/modified.txt",
  untracked: "io/testdata/untracked.txt",
  crlf: "io/testdata/crlf.txt",
  large: "io/testdata/large.lfs",
  otherLarge: "io/testdata/other.lfs",
  filtered: "io/testdata/filtered.enc",
  lineBreak: "io/testdata/line\nbreak.txt",
  sparse: "io/testdata/sparse.bin",
  empty: "io/testdata/empty",
};

describe.each(["sha1", "sha256"])("content of files that were touched, in a %s repository", (format) => {
  let root: string;
  let checkout: string;
  const git = (...words: string[]): string =>
    execFileSync("git", words, { cwd: checkout, env, encoding: "utf8", stdio: "pipe" }).trim();
  const write = (name: string, content: string | Uint8Array): void => {
    const path = join(checkout, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  const seen = (path: string): SeenFile => {
    const { size, mtimeNs } = statSync(path, { bigint: true });
    return { path, bytes: Number(size), modifiedAt: mtimeNs };
  };
  const ask = async (...asked: string[]): Promise<Record<string, string | undefined>> => {
    const files = asked.map((name) => seen(join(checkout, name)));
    const found = await compareWithGit(files, env);
    return Object.fromEntries(asked.map((name) => [name, found.get(join(checkout, name))]));
  };

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "gocache-why-contents-"));
    checkout = join(root, "checkout");
    mkdirSync(checkout);
    git("init", "--quiet", `--object-format=${format}`);
    write(
      names.committed,
      Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * at) % 251),
    );
    write(names.odd, "odd\n");
    write(names.empty, "");
    write(names.lineBreak, "break\n");
    write(names.sparse, "small\n");
    for (const name of [names.staged, names.modified]) write(name, "1\n");
    write(names.crlf, "one\ntwo\n");
    const pointer = (content: string): string =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${digestOf(content)}\nsize ${content.length}\n`;
    // As they are in a clone without Git LFS: its pointers are the blobs.
    for (const name of [names.large, names.otherLarge]) write(name, pointer("much data\n"));
    write(names.filtered, "encrypted\n");
    git("add", "--all");
    git("commit", "--quiet", "-m", "all");
    write(names.crlf, "one\r\ntwo\r\n");
    write(names.large, "much data\n");
    write(names.otherLarge, "much datA\n");
    write(names.filtered, "decrypted\n");
    write(names.staged, "2\n");
    git("add", names.staged);
    // Only now, since git may run the filter of other files when it adds one.
    write(".gitattributes", "*.lfs filter=lfs -text\n*.enc filter=enc\n");
    git("config", "filter.enc.clean", "touch filter-has-run; cat");
    git("config", "filter.enc.smudge", "cat");
    write(names.modified, "2\n");
    write(names.untracked, "1\n");
    for (const name of Object.values(names)) utimesSync(join(checkout, name), 1_700_000_000, 1_700_000_000);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test("is told as git hash-object would", async () => {
    const { committed, odd, empty, staged, modified, untracked } = names;
    expect(await ask(committed, odd, empty, staged, modified, untracked)).toEqual({
      [committed]: "committed",
      [odd]: "committed",
      [empty]: "committed",
      [staged]: "staged",
      [modified]: "modified",
      [untracked]: "untracked",
    });
    const idOf = (name: string): string => git("hash-object", "--no-filters", "--", name);
    for (const name of [committed, odd, empty]) expect(idOf(name)).toBe(git("rev-parse", `HEAD:${name}`));
    expect(idOf(staged)).toBe(git("rev-parse", `:${staged}`));
    expect(idOf(modified)).not.toBe(git("rev-parse", `:${modified}`));
  });

  test("is seen through other line ends and Git LFS, and not told where a filter program would be needed", async () => {
    const { crlf, large, otherLarge, filtered } = names;
    expect(await ask(crlf, large, otherLarge, filtered)).toEqual({
      [crlf]: "committed",
      [large]: "committed",
      [otherLarge]: "modified",
      [filtered]: undefined,
    });
    expect(existsSync(join(checkout, "filter-has-run"))).toBe(false);
  });

  test("of a link is that of the file behind it", async () => {
    symlinkSync(join(checkout, names.odd), join(root, "link.txt"));
    const link = join(root, "link.txt");
    expect(await compareWithGit([seen(link)], env)).toEqual(new Map([[link, "committed"]]));
  });

  test("is not told of what lies in no checkout, was changed since, is large, or can't be asked for", async () => {
    const outside = join(root, "outside.txt");
    writeFileSync(outside, "x\n");
    truncateSync(join(checkout, names.sparse), (1 << 26) + 1);
    const committed = seen(join(checkout, names.committed));
    const files = [
      seen(outside),
      seen(join(checkout, names.sparse)),
      seen(join(checkout, names.lineBreak)),
      { ...committed, modifiedAt: committed.modifiedAt + 1n },
      { path: join(checkout, "io/gone.txt"), bytes: 1, modifiedAt: 0n },
    ];
    expect(await compareWithGit(files, env)).toEqual(new Map());
  });

  test("is not told where there is no git, or it fails", async () => {
    const file = seen(join(checkout, names.committed));
    expect(await compareWithGit([file], { ...env, PATH: root })).toEqual(new Map());
    expect(await compareWithGit([file], { ...env, GIT_DIR: root })).toEqual(new Map());
  });

  test("leaves the repository as it is", async () => {
    const index = join(checkout, ".git/index");
    const before = [readFileSync(index, "hex"), statSync(index).mtimeMs, git("count-objects", "-v")];
    await ask(...Object.values(names).filter((name) => name !== names.sparse));
    expect([readFileSync(index, "hex"), statSync(index).mtimeMs, git("count-objects", "-v")]).toEqual(before);
  });
});
