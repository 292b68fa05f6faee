import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { WindowsLog } from "../../scripts/fixtures/windows-log.mjs";
import { type Explanation, explain } from "../../src/causes/explain.ts";
import { createLogReader } from "../../src/cli/record/learn-inputs.ts";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import { parseActionGraph } from "../../src/go/action-graph.ts";
import { createHide } from "../../src/log/hide-secrets.ts";
import { runOfLog } from "../../src/model/log-run.ts";
import type { RunWithBlocks } from "../../src/model/run.ts";
import { noOutside, readFixture, readObject } from "../scenarios/fixture.ts";

/** Real logs with their directories as they would be on Windows: a folder of a drive, one with a blank, one with a letter beyond ASCII. */
const drive = "CDEZ"[Math.floor(Math.random() * 4)];
const letters = randomBytes(3).toString("hex");
const homes = [`${drive}:\\Users\\Jörg ${letters}`, `${drive}:\\a\\_work\\1\\s`, `${drive}:\\`.slice(0, 2)];

const scenarios = [
  "file-edited",
  "file-edited-comment",
  "go-directive-changed",
  "directory-moved",
  "directory-moved-srcdir",
  "cgo-header-edited",
  "module-version-changed",
  "modcache-moved",
  "goroot-moved",
  "env-cgo-cflags",
  "flag-trimpath",
  "vendored",
] as const;

describe.each(scenarios)("%s on Windows", (name) => {
  const fixture = readFixture(`go1.26.8/${name}`);

  it.each(homes)("is explained as on Linux, below %s", (home) => {
    const here = explainLogs((text) => text);
    const roots = [
      [
        "/tmp/gocache-why-fixtures/gomodcache/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64",
        "C:\\Program Files\\Go",
      ],
      ["/tmp/gocache-why-fixtures/gomodcache", `${home}\\go\\pkg\\mod`],
      ["/tmp/gocache-why-fixtures", `${home}\\src`],
    ] as const;
    const there = explainLogs(
      (text, isGraph, log) => (isGraph ? log.rewriteGraph(text) : log.rewrite(text)),
      () => new WindowsLog(roots, { crlf: home.includes(" ") }),
    );
    expect(told(there)).toEqual(told(here));
    expect(there.unexplained).toEqual(here.unexplained);
  });

  function explainLogs(
    rewrite: (text: string, isGraph: boolean, log: WindowsLog) => string,
    makeLog: () => WindowsLog = () => new WindowsLog([]),
  ): Explanation {
    const read = (which: "before" | "now"): RunWithBlocks => {
      const run = fixture[which];
      if (run === null || run.graph === null) throw new Error("no run");
      const log = makeLog();
      const reader = createLogReader();
      reader.parser.push(Buffer.from(rewrite(readObject(run.replay).toString(), false, log)));
      const graph = parseActionGraph(rewrite(readObject(run.graph).toString(), true, log));
      const found = runOfLog(reader.finish(), `${which}.log`, createHide(Buffer.alloc(32)), { graph });
      if ("error" in found) throw new Error(found.error);
      return found;
    };
    return explain(compareRuns(read("before"), read("now")), noOutside);
  }
});

/** Causes with their actions; values hold paths, and are not compared. */
function told({ causes, actions }: Explanation): readonly string[] {
  const slashed = (text: string): string => text.replaceAll("\\", "/");
  return [
    ...[...causes.keys()].map(slashed),
    ...actions.map(({ action, verdict, own, inherited }) =>
      slashed(`${action.key}: ${verdict} ${[...own].sort()} | ${[...inherited].sort()}`),
    ),
  ].sort();
}
