import { describe, expect, test } from "vitest";
import { goProcessEnvironment } from "../../src/go/go-process-environment.ts";

const goEnv = {
  GOROOT: "/go",
  GOFLAGS: "",
  GOARCH: "arm64",
  GOARM64: "v8.0",
  GOAMD64: "v1",
  CC: "gcc",
  CGO_CFLAGS: "-O2 -g",
  GOMOD: "/m/go.mod",
  GOVERSION: "go1.26.8",
};

// test-cache.test.ts holds the same against a test that reads these, of each Go version scripts/check-test-keys.mjs.
describe("the go command's own variables", () => {
  test("what it works out is set, what is empty stays as it is", () => {
    const get = goProcessEnvironment({ GOROOT: "/other", HOME: "/home", EMPTY: "" }, goEnv);
    expect(get("GOROOT")).toBe("/go");
    expect(get("CC")).toBe("gcc");
    expect(get("GOFLAGS")).toBeUndefined();
    expect(get("HOME")).toBe("/home");
    expect(get("EMPTY")).toBe("");
    expect(get("ABSENT")).toBeUndefined();
    expect(goProcessEnvironment({ GOFLAGS: "" }, goEnv)("GOFLAGS")).toBe("");
    expect(goProcessEnvironment({ GOFLAGS: "-v" }, goEnv)("GOFLAGS")).toBe("");
  });

  test("what go env only prints is not set, nor another target's variable", () => {
    const get = goProcessEnvironment({}, goEnv);
    expect(get("CGO_CFLAGS")).toBeUndefined();
    expect(get("GOMOD")).toBeUndefined();
    expect(get("GOARM64")).toBe("v8.0");
    expect(get("GOAMD64")).toBeUndefined();
  });

  test("git is kept from asking, by more variables up to Go 1.24", () => {
    expect(goProcessEnvironment({}, goEnv)("GIT_TERMINAL_PROMPT")).toBe("0");
    expect(goProcessEnvironment({ GIT_TERMINAL_PROMPT: "1" }, goEnv)("GIT_TERMINAL_PROMPT")).toBe("1");
    expect(goProcessEnvironment({}, { ...goEnv, GO111MODULE: "off" })("GCM_INTERACTIVE")).toBeUndefined();
    expect(goProcessEnvironment({}, goEnv)("GIT_SSH_COMMAND")).toBeUndefined();
    const older = { ...goEnv, GOVERSION: "go1.24.11" };
    expect(goProcessEnvironment({}, older)("GIT_SSH_COMMAND")).toMatch(/^ssh /);
    expect(goProcessEnvironment({ GIT_SSH: "ssh" }, older)("GIT_SSH_COMMAND")).toBeUndefined();
  });
});
