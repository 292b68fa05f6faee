import { describe, expect, it } from "vitest";
import { explainFixture, readFixture } from "../scenarios/fixture.ts";

const native = "build example.com/m/internal/native";
const both = ["env-changed CGO_CFLAGS", "file-edited internal/native/native.c"];

function sufficientIn(scenario: string, rules?: readonly []): ReadonlyMap<string, readonly string[]> {
  const explanation = explainFixture(readFixture(`go1.26.8/${scenario}`), rules);
  const ran = (explanation?.actions ?? []).filter(({ own, inherited }) => own.length + inherited.length > 0);
  return new Map(ran.map(({ action, sufficient }) => [action.key, [...sufficient].sort()]));
}

describe("which of several causes would have sufficed", () => {
  it("is each one that changed a line of the action's own", () => {
    expect(sufficientIn("two-causes-one-package").get(native)).toEqual(both);
    // And so it was, when each came alone.
    expect(sufficientIn("env-cgo-cflags").get(native)).toEqual(both.slice(0, 1));
    expect(sufficientIn("c-file-edited").get(native)).toEqual(both.slice(1));
  });

  it("is not said of what followed: its dependency's output need not have changed", () => {
    const sufficient = sufficientIn("two-causes-one-package");
    // The build info has CGO_CFLAGS; the edited file came through the output of internal/native alone.
    expect(sufficient.get("build example.com/m/cmd/app")).toEqual(both.slice(0, 1));
  });

  it("is not said where no rule regenerates the key", () => {
    expect(sufficientIn("two-causes-one-package", []).get(native)).toEqual([]);
    expect(sufficientIn("env-cgo-cflags", []).get(native)).toEqual(both.slice(0, 1));
  });
});
