import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makePrivateDirectory } from "../../src/go/private-directory.ts";
import { temporaryDirectory } from "./temporary.ts";

const root = temporaryDirectory();

test("nobody else can enter it, and it goes with its files", () => {
  const directory = makePrivateDirectory(join(root, "state", "runs"));
  for (const path of [directory.path, join(root, "state")]) expect(statSync(path).mode & 0o777).toBe(0o700);
  writeFileSync(join(directory.path, "graph.json"), "[]");
  directory.remove();
  directory.remove();
  expect(existsSync(directory.path)).toBe(false);
});
