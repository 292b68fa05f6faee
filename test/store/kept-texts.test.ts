import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ShortId } from "../../src/model/ids.ts";
import { openHistory } from "../../src/store/history.ts";
import type { KeptText } from "../../src/store/kept-texts.ts";
import { makeRun } from "./make-run.ts";

let directory: string;
let texts: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "gocache-why-texts-")), "state");
  texts = join(directory, "v2", "texts");
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true, force: true }));

const small = { texts: 4, bytes: 1 << 20 };

function open(limits = small) {
  return openHistory(directory, undefined, limits);
}

function copyOf(text: string, hidden = 0): KeptText {
  const digest = createHash("sha256").update(text).digest().subarray(0, 15);
  return { hash: digest.toString("base64url") as ShortId, text, hidden };
}

function copies(): string[] {
  return readdirSync(texts).filter((name) => name !== "swept");
}

/** Makes what was kept so far, and the last sweep, older than they are. */
function age(hours: number): void {
  for (const name of readdirSync(texts)) {
    const path = join(texts, name);
    const at = new Date(statSync(path).mtimeMs - hours * 3_600_000);
    utimesSync(path, at, at);
  }
}

/** Saves a run that was built from these. */
function saveRunWith(kept: readonly KeptText[]): void {
  const files = kept.map(({ hash }, at) => ({ path: `/src/m/${at}.go`, size: 1, mtimeMs: 1, hash }));
  const { run, blocks } = makeRun([1], { files });
  expect(open().save(run, blocks, null)).not.toBe(null);
}

describe("copies of source texts", () => {
  test("come back as they were, also to another process, and are nobody else's to read", () => {
    const kept = [
      copyOf("package a\n"),
      copyOf("\ufeff// \u4e2d\r\n\n"),
      copyOf(""),
      copyOf("a <hidden:0>", 2),
    ];
    const history = open();
    history.keepTexts(kept);
    expect(history.warnings).toEqual([]);
    for (const each of kept) expect(open().text(each.hash)).toEqual(each);
    const other = copyOf("other").hash;
    expect(open().text(other)).toBe(null);
    expect(open().haveTexts([other, ...kept.map(({ hash }) => hash)])).toEqual(
      new Set(kept.map(({ hash }) => hash)),
    );
    expect(statSync(texts).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(texts)) expect(statSync(join(texts, name)).mode & 0o777).toBe(0o600);
  });

  test("are not in the files of a run", () => {
    const text = copyOf("package secret_name_of_a_package\n");
    saveRunWith([text]);
    open().keepTexts([text]);
    const runs = join(directory, "v2", "runs");
    const files = readdirSync(runs, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(file.name).toMatch(/^(run|[pr][a-z2-7]{8})$/);
  });

  test("that are damaged, cut or swapped count as not there, and the history says so once", () => {
    const [a, b, c] = [copyOf("a"), copyOf("b"), copyOf("c")];
    open().keepTexts([a, b, c]);
    const pathOf = (copy: KeptText) => join(texts, Buffer.from(copy.hash, "base64url").toString("hex"));
    const content = readFileSync(pathOf(a));
    writeFileSync(pathOf(a), content.subarray(0, -1));
    writeFileSync(pathOf(b), readFileSync(pathOf(c)));
    const history = open();
    expect([a, b, c].map(({ hash }) => history.text(hash))).toEqual([null, null, c]);
    expect(history.warnings).toEqual([expect.stringMatching(/texts.*since it is damaged.*and 1 more/)]);
  });

  test("above the limits go, the oldest first", () => {
    const many = Array.from({ length: 6 }, (_, at) => copyOf(`text ${at}`));
    saveRunWith(many);
    for (const each of many) {
      open().keepTexts([each]);
      age(1);
    }
    expect(open().haveTexts(many.map(({ hash }) => hash))).toEqual(
      new Set(many.slice(2).map(({ hash }) => hash)),
    );

    const limits = { texts: 100, bytes: 3 * 4096 };
    open(limits).keepTexts([copyOf("one more")]);
    expect(copies().length).toBe(3);
    expect(open().text(copyOf("one more").hash)).not.toBe(null);
  });

  test("of one run are no more than the limits allow", () => {
    open().keepTexts(Array.from({ length: 50 }, (_, at) => copyOf(`text ${at}`)));
    expect(copies().length).toBe(small.texts);
  });

  test("that no run names any more go within a day, the others stay", () => {
    const [named, unnamed] = [copyOf("named"), copyOf("unnamed")];
    saveRunWith([named]);
    open().keepTexts([named, unnamed]);
    open().keepTexts([]);
    expect(copies().length).toBe(2);
    age(25);
    open().keepTexts([]);
    expect(open().text(named.hash)).toEqual(named);
    expect(copies().length).toBe(1);
  });

  test("are not made where there is nothing to keep, nor where there is no room", () => {
    open().keepTexts([]);
    expect(existsSync(directory)).toBe(false);
    mkdirSync(join(directory, ".."), { recursive: true });
    writeFileSync(directory, "a file where the folder would be");
    const history = open();
    history.keepTexts([copyOf("a")]);
    expect(history.text(copyOf("a").hash)).toBe(null);
    expect(history.warnings.length).toBeGreaterThan(0);
  });
});
