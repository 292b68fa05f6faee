import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandText } from "../../src/report/wording/head.ts";
import { changeText, valueText } from "../../src/report/wording/values.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";

describe("long linker flags keep the names of their variables", () => {
  test("where the value of one changed", () => {
    const flags = (version: string) =>
      `-s -w -X example.com/app/internal/version.Version=${version} -X main.commit=${commit}`;
    expect(changeText(flags("1.2.3"), flags("1.2.4"))).toBe(
      '"… -X example.com/app/internal/version.Version=1.2.3 …" → "… -X example.com/app/internal/version.Version=1.2.4 …"',
    );
  });

  test("where a long value changed: it is cut to the place", () => {
    const flags = (end: string) => `-X main.notes=${"a".repeat(200)}${end}`;
    expect(changeText(flags("1"), flags("2"))).toMatch(/^"-X main\.notes=a+…a+1" → "-X main\.notes=a+…a+2"$/);
  });

  test("where one was added", () => {
    const before = "-X main.version=1.2.3-with-a-long-suffix-of-no-use";
    expect(changeText(before, `${before} -X main.commit=${commit}`)).toMatch(
      /^"-X main\.version=\S+" → "-X main\.version=\S+ -X main\.commit=0123456789ab…\w+"$/,
    );
  });

  test("in one value, and in a command", () => {
    const flags = `-s -w -X main.version=1.2.3 -X main.commit=${commit}`;
    expect(valueText(flags)).toBe('"-s -w -X main.version=1.2.3 …"');
    const words = [
      "go",
      "build",
      "-trimpath",
      `-ldflags=${flags}`,
      "-o",
      "bin/a/rather/long/path/app",
      "./cmd/app",
    ];
    expect(commandText(words)).toContain("-X main.version=1.2.3");
    expect(commandText(words)).toMatch(/ \.\/cmd\/app$/);
  });

  test("whatever the values are", () => {
    const value = fc.stringMatching(/^[a-z0-9.+:-]{1,80}$/);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), value, value, (others, before, now) => {
        fc.pre(before !== now);
        const rest = others.map((each, at) => `-X main.other${at}=${each}`).join(" ");
        const text = changeText(`${rest} -X main.changed=${before}`, `${rest} -X main.changed=${now}`);
        expect(text.match(/-X main\.changed=/g)).toHaveLength(2);
        const [left, right] = text.split(" → ");
        expect(left).not.toBe(right);
      }),
    );
  });
});

describe("a command", () => {
  test("that is short stays as it is", () => {
    expect(commandText(["go", "build", "-o", "bin/", "./..."])).toBe("go build -o bin/ ./...");
  });

  test("that is long keeps its verb and its last word", () => {
    const words = ["go", "test", ...Array.from({ length: 40 }, (_, at) => `./pkg/${at}`)];
    expect(commandText(words, 60)).toMatch(/^go test \.\/pkg\/0 .* … \.\/pkg\/39$/);
    expect(commandText(words, 60).length).toBeLessThanOrEqual(60);
  });
});
