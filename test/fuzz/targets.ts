import { argvTarget, goWordsTarget, type Main } from "./argv-target.ts";
import { historyFileTarget } from "./history-file-target.ts";
import { parserTarget, secretsTarget } from "./log-target.ts";
import { packedLogTarget } from "./packed-log-target.ts";
import { createReportCheck } from "./report-target.ts";
import { logPieces, smallRuns } from "./seeds.ts";
import { snapshotBodyTarget, snapshotBytesTarget } from "./snapshot-target.ts";
import { storeTarget } from "./store-target.ts";
import { type AnyTarget, anyTarget } from "./target.ts";

/** All of them, with what real builds have left as seeds. @param main the command line with its commands stubbed */
export function allTargets(main: Main): readonly AnyTarget[] {
  const pieces = logPieces();
  const runs = smallRuns();
  const [first] = runs;
  if (first === undefined) throw new Error("there is no recorded run in testdata");
  return [
    anyTarget(parserTarget(pieces)),
    anyTarget(secretsTarget(pieces)),
    anyTarget(packedLogTarget(pieces)),
    anyTarget(snapshotBytesTarget(runs)),
    anyTarget(snapshotBodyTarget(runs, createReportCheck(first))),
    anyTarget(historyFileTarget(runs)),
    anyTarget(storeTarget),
    anyTarget(argvTarget(main)),
    anyTarget(goWordsTarget),
  ];
}
