import type { RunWithBlocks } from "../../src/model/run.ts";
import { fixtureNames, readFixture, readObject, runOfFixture } from "../scenarios/fixture.ts";

/** Scenarios whose logs have all kinds of lines: cgo, tests with what they read, vet, links, torn packages. */
const scenarios = [
  "go1.22.12/env-cgo-cflags",
  "go1.24.11/env-cgo-cflags",
  "go1.26.8/flag-race",
  "go1.26.8/build-broken",
  "go1.26.8/two-causes",
  "go1.26.8/test-env-changed",
];

/** Pieces of recorded logs, of whole lines and a few KB each: a case is read three times and more, thousands of times a second. */
export function logPieces(): readonly string[] {
  const known = new Set(fixtureNames());
  return scenarios
    .filter((name) => known.has(name))
    .flatMap((name) => {
      const log = readObject(readFixture(name).now.replay).toString("latin1");
      const lines = log.split("\n").filter((line) => !line.startsWith("HASH[moduleIndex]"));
      return [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.98].map((part) => {
        let at = Math.floor(part * lines.length);
        while (at > 0 && !/^HASH\[(build|link|vet|testInputs)[^\]]*\]$/.test(lines[at] ?? "")) at--;
        let size = 0;
        const piece: string[] = [];
        for (; at < lines.length && size < pieceBytes; at++) {
          piece.push(lines[at] ?? "");
          size += piece.at(-1)?.length ?? 0;
        }
        return `${piece.join("\n")}\n`;
      });
    });
}

const pieceBytes = 1500;

/** Recorded runs, each cut down to a few actions: all fields, small files. */
export function smallRuns(): readonly RunWithBlocks[] {
  const known = new Set(fixtureNames());
  return scenarios
    .filter((name) => name.startsWith("go1.26.8/") && known.has(name))
    .map((name) => {
      const { run, blocks } = runOfFixture(readFixture(name).now, "now", null);
      const told = run.actions.filter((action) => action.outcome !== "hit" || action.test !== undefined);
      const actions = [
        ...told.slice(-8),
        ...run.actions.filter((action) => !told.includes(action)).slice(-6),
      ];
      const kept = new Set(actions.map(({ digest }) => digest));
      return {
        run: { ...run, actions, files: run.files.slice(0, 5) },
        blocks: new Map([...blocks].filter(([digest]) => kept.has(digest))),
      };
    });
}
