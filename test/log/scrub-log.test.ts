import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHide } from "../../src/log/hide-secrets.ts";
import { createLogParser } from "../../src/log/parse-log.ts";
import { createLogScrubber } from "../../src/log/scrub-log.ts";
import { createCommandSplitter } from "../../src/log/split-commands.ts";
import { quote } from "../../src/util/go-quote.ts";

const key = Buffer.alloc(32, 3);

function scrub(text: string, cuts: readonly number[] = []): string {
  let out = "";
  const scrubber = createLogScrubber(createHide(key), (piece) => {
    out += piece;
  });
  const bytes = Buffer.from(text, "latin1");
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    scrubber.push(bytes.subarray(from, Math.max(from, cut)));
    from = Math.max(from, cut);
  }
  scrubber.push(bytes.subarray(from));
  scrubber.end();
  return out;
}

const secret = 'Tr0ub4dor&3 "x"';
/** The block of a link with a value of -X. */
function blockOf(value: string): { text: string; sum: string } {
  const lines = ["go1.26.8", "link\n", `linkflags ["-X" ${quote(`main.token=${value}`)}]\n`];
  const sum = createHash("sha256").update(lines.join("")).digest("hex");
  const writes = lines.map((line) => `HASH[link m]: ${quote(line)}\n`).join("");
  return { text: `HASH[link m]\n${writes}HASH[link m]: ${sum}\n`, sum };
}

const { text: block, sum } = blockOf(secret);

describe("a scrubbed log", () => {
  test("keeps a block that holds a secret, as a hidden one, under its digest", () => {
    const out = scrub(block);
    expect(out).not.toContain("Tr0ub4dor");
    const splitter = createCommandSplitter();
    const parser = createLogParser((event) => splitter.take(event));
    parser.push(Buffer.from(out, "latin1"));
    parser.end();
    const [log] = splitter.finish();
    const [found] = log?.blocks.values() ?? [];
    expect(found).toMatchObject({ digest: sum, name: "link m", hidden: true });
    expect(found?.lines[2]).toMatch(/^linkflags \["-X" "main\.token=<hidden:[0-9a-f]{12}>"\]\n$/);
    expect(log?.problems).toEqual([]);
  });

  test("is what it was where there is no secret, however the bytes are cut, and scrubbed again", () => {
    const plain = blockOf("v1.2.3").text.replaceAll("main.token", "main.version");
    fc.assert(
      fc.property(fc.array(fc.nat({ max: block.length }), { maxLength: 5 }), (cuts) => {
        expect(scrub(plain, cuts)).toBe(plain);
        expect(scrub(block, cuts)).toBe(scrub(block));
      }),
      { numRuns: 50 },
    );
    expect(scrub(scrub(block))).toBe(scrub(block));
  });

  test("keeps what a CI system put in front of a line", () => {
    const stamped = block.replace(/^(?=.)/gm, "2024-05-22T12:43:46.9626461Z ");
    const out = scrub(stamped);
    expect(out).not.toContain("Tr0ub4dor");
    expect(out.match(/^2024-05-22T12:43:46\.9626461Z HASH/gm)).toHaveLength(5);
  });

  const digest = createHash("sha256").update("go1.26.8\x01hunter2").digest("hex");
  test("has neither the value of a variable that a test read nor Go's digest of it; equal ones stay equal", () => {
    const out = scrub(
      [
        "HASH[getenv]",
        'HASH[getenv]: "go1.26.8"',
        'HASH[getenv]: "\\x01"',
        'HASH[getenv]: "hunter2"',
        `HASH[getenv]: ${digest}`,
        `HASH[testInputs]: "env PIN ${digest}\\n"`,
        `HASH subkey ${sum} "inputs:${digest}" = ${digest}`,
        "",
      ].join("\n"),
    );
    expect(out).not.toContain("hunter2");
    expect(out).not.toContain(digest);
    const found = out
      .match(/(?:getenv\]: |env PIN |"inputs:|= )([0-9a-f]{64})/g)
      ?.map((each) => each.slice(-64));
    expect(found).toHaveLength(4);
    expect(new Set(found).size).toBe(1);
    expect(out).toContain('HASH[getenv]: "\\x01"\n');
  });

  test.each([
    ["a flag of its own", "link -o a -X main.token=hunter2-x -s b"],
    ["joined", "link -o a -X=main.token=hunter2-x -s b"],
    ["quoted as -x prints it", 'link -o a "-X=main.token=hunter2-x y" -s b'],
    ["in -ldflags", "+ go build -ldflags '-s -X main.v=v1.2.3 -X main.token=hunter2-x' ./..."],
    ["in -ldflags with quotes inside", "$ go build -ldflags=\"-X 'main.token=hunter2-x y'\" ./..."],
    ["in the build info that -x prints", 'modinfo "build\\t-ldflags=\\"-X main.token=hunter2-x\\"\\n"'],
  ])("hides -X in a command: %s", (_what, line) => {
    const out = scrub(`${line}\n`);
    expect(out).not.toContain("hunter2");
    expect(out).toContain("main.token=");
    if (line.includes("v1.2.3")) expect(out).toContain("main.v=v1.2.3");
  });
});
