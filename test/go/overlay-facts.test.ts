import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readOverlay } from "../../src/go/overlay-facts.ts";
import { temporaryDirectory, writeFiles } from "./temporary.ts";

const directory = temporaryDirectory();

test("paths are relative to where go ran; an empty one takes the file away", () => {
  const other = "package a\n";
  const replace = {
    "a/a.go": "other/a.go",
    "a/gone.go": "",
    [join(directory, "b.go")]: join(directory, "none.go"),
  };
  writeFiles(directory, { "other/a.go": other, "overlay.json": JSON.stringify({ Replace: replace }) });
  expect(readOverlay("overlay.json", directory)).toEqual({
    [join(directory, "a/a.go")]: createHash("sha256")
      .update(other)
      .digest()
      .subarray(0, 15)
      .toString("base64url"),
    [join(directory, "a/gone.go")]: null,
    [join(directory, "b.go")]: null,
  });
});

test.each(["[", "null", "{}", '{"Replace": {"a": 1}}'])("an overlay %s replaces nothing", (text) => {
  writeFiles(directory, { "overlay.json": text });
  expect(readOverlay("overlay.json", directory)).toEqual({});
});

test("one that is not there replaces nothing", () => {
  expect(readOverlay("none.json", directory)).toEqual({});
});
