import { expect, test } from "vitest";
import { causeCatalogue, causeCodes, classOf } from "../../src/causes/catalogue.ts";

test("the codes and classes of the contract, in its order", () => {
  const byClass: Record<string, string[]> = {};
  for (const code of causeCodes) byClass[classOf(code)] = [...(byClass[classOf(code)] ?? []), code];
  expect(byClass).toEqual({
    file: ["file-edited", "file-added", "file-removed", "pgo-profile-changed", "overlay-changed"],
    env: ["env-changed"],
    flag: ["flag-changed", "coverage-changed", "test-flag-changed"],
    toolchain: ["toolchain-changed", "tool-changed", "c-compiler-changed"],
    directory: ["goroot-moved", "directory-moved", "modcache-moved"],
    module: [
      "module-version-changed",
      "module-replaced",
      "go-directive-changed",
      "godebug-default-changed",
      "module-graph-changed",
    ],
    vcs: ["vcs-stamp-changed"],
    cache: [
      "cache-dir-changed",
      "cache-cleaned",
      "cache-trimmed",
      "cache-entry-missing",
      "cache-entry-damaged",
      "cache-not-written",
      "cache-program-miss",
      "test-expired",
    ],
    forced: [
      "forced-rebuild",
      "link-not-cached",
      "link-target-replaced",
      "vet-not-cached",
      "build-failed-before",
      "test-not-cacheable",
    ],
    other: ["output-not-reproducible", "first-build"],
    "test-input": ["test-env-changed", "test-file-changed", "test-file-too-new"],
  });
});

test.each(causeCodes)("%s is described in whole sentences", (code) => {
  const { title, meaning, subject } = causeCatalogue[code];
  expect(title).toMatch(/^[A-Za-z].*[^.]$/);
  expect(meaning).toMatch(/^\S.*\.$/s);
  expect(subject).not.toBe("");
});
