import { expect, test } from "vitest";
import { stateDirectory } from "../../src/store/state-directory.ts";

test("XDG_STATE_HOME where it is absolute, else below the home directory", () => {
  const fallback = "/home/u/.local/state/gocache-why";
  expect(stateDirectory({ XDG_STATE_HOME: "/state" }, "/home/u")).toBe("/state/gocache-why");
  expect(stateDirectory({ XDG_STATE_HOME: "state" }, "/home/u")).toBe(fallback);
  expect(stateDirectory({ XDG_STATE_HOME: "" }, "/home/u")).toBe(fallback);
  expect(stateDirectory({}, "/home/u")).toBe(fallback);
});
