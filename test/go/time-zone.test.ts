import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { localTimeZone } from "../../src/go/time-zone.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "./temporary.ts";

const root = temporaryDirectory();
const program = join(root, "times");

/** Prints what Go prints of each time in the local zone. */
const source = `package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		n, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%v\\n", time.Unix(0, n))
	}
}
`;

const zones =
  "UTC GMT EST5EDT CET Etc/UTC Etc/GMT+5 Etc/GMT-14 Europe/Berlin Europe/London Europe/Dublin Europe/Moscow Europe/Istanbul Europe/Lisbon " +
  "America/New_York America/Sao_Paulo America/Caracas America/St_Johns America/Santiago America/Asuncion America/Nuuk America/Havana " +
  "America/Phoenix Asia/Kathmandu Asia/Kolkata Asia/Tehran Asia/Gaza Asia/Pyongyang Asia/Tokyo Asia/Jerusalem Asia/Amman " +
  "Africa/Casablanca Africa/El_Aaiun Africa/Cairo Africa/Monrovia Africa/Johannesburg Antarctica/Troll Antarctica/Casey " +
  "Australia/Lord_Howe Australia/Eucla Australia/Sydney Pacific/Chatham Pacific/Apia Pacific/Kiritimati Pacific/Norfolk Atlantic/Azores";

let goroot = "";
beforeAll(() => {
  const env = goEnvironment(root);
  writeFiles(root, { "go.mod": "module example.com/times\n\ngo 1.21\n", "main.go": source });
  go(["build", "-o", program, "."], root, env);
  goroot = go(["env", "GOROOT"], root, env).trim();
}, 120_000);

function printed(tz: string | undefined, times: readonly bigint[]): string[] {
  const input = times.map((time) => `${time}\n`).join("");
  return execFileSync(program, { env: tz === undefined ? {} : { TZ: tz }, input, encoding: "latin1" })
    .trimEnd()
    .split("\n");
}

/** 1935 to 2105: transitions of the file, and years of which only its last line tells. */
const nanoseconds = fc
  .tuple(
    fc.integer({ min: -1_104_537_600, max: 4_260_211_200 }),
    fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 999_999_999 }),
      fc.constantFrom(500_000_000, 859_000_000),
    ),
  )
  .map(([seconds, fraction]) => BigInt(seconds) * 1_000_000_000n + BigInt(fraction));

describe("Go's own words for a time", () => {
  const times = [0n, -1n, 1n, ...fc.sample(nanoseconds, { numRuns: 400, seed: 6 })];

  test.each([
    ["unset", undefined],
    ["empty", ""],
    ...zones.split(" ").map((name): [string, string] => [name, name]),
    [":Europe/Berlin", ":Europe/Berlin"],
    [":UTC", ":UTC"],
    [":", ":"],
    ["an absolute path", "/usr/share/zoneinfo/Asia/Kathmandu"],
    ["an absent path", "/absent"],
    ["a folder", "Europe"],
    ["unknown", "Nowhere/At_All"],
    ["a rule, which Go doesn't take", "CET-1CEST,M3.5.0,M10.5.0/3"],
  ])("TZ %s", (_, tz) => {
    const zone = localTimeZone({ tz, goroot });
    expect(times.map((time) => zone.format(time))).toEqual(printed(tz, times));
  });

  test("the minutes around each change of a year", () => {
    const minutes = Array.from({ length: 365 * 24 }, (_, hour) => BigInt(1_767_225_600 + hour * 3600));
    for (const tz of ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca"]) {
      const around = minutes.flatMap((start) => [start - 1n, start]).map((second) => second * 1_000_000_000n);
      const zone = localTimeZone({ tz, goroot });
      expect(around.map((time) => zone.format(time))).toEqual(printed(tz, around));
    }
  });
});

describe("where zones come from", () => {
  const noon = 1_750_000_000_000_000_000n;

  test("GOROOT's own where the system has none, and UTC without that", () => {
    const here = localTimeZone({ tz: "Europe/Berlin", goroot }).format(noon);
    expect(here).toMatch(/ \+0200 CEST$/);
    expect(localTimeZone({ tz: "Europe/Berlin", goroot, sources: [] }).format(noon)).toBe(here);
    expect(localTimeZone({ tz: "Europe/Berlin", goroot: null, sources: [] }).format(noon)).toMatch(/ UTC$/);
    expect(localTimeZone({ tz: "Europe/Berlin", goroot: root, sources: [] }).format(noon)).toMatch(/ UTC$/);
  });

  test("the machine's own, and UTC where it has none", () => {
    const localtime = ["/usr/share/zoneinfo/Asia/Tokyo"].find((path) => existsSync(path));
    if (localtime !== undefined) {
      expect(localTimeZone({ tz: undefined, goroot, localtime }).format(noon)).toMatch(/ \+0900 JST$/);
    }
    expect(localTimeZone({ tz: undefined, goroot, localtime: "/absent" }).format(noon)).toMatch(/ UTC$/);
  });

  test("a damaged file is none", () => {
    const path = join(root, "damaged");
    for (const text of ["", "TZif", "TZif2", `TZif4${"\0".repeat(200)}`, `TZif2${"\xff".repeat(200)}`]) {
      writeFileSync(path, text, "latin1");
      expect(localTimeZone({ tz: path, goroot }).format(noon)).toBe(printed(path, [noon])[0]);
    }
  });
});
