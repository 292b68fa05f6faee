import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { createHide } from "../../log/hide-secrets.ts";
import { redactRun } from "../../model/redact-run.ts";
import { countText, numberText } from "../../report/wording/numbers.ts";
import { encodeSnapshot, isSnapshot } from "../../store/snapshot.ts";
import { UsageError } from "../failure.ts";
import { openRuns } from "../open-runs.ts";
import { say } from "../say.ts";

export interface ExportInput {
  /** A RUN; the newest where it is left out. */
  readonly run: string | undefined;
  /** As the user wrote it; `-` for stdout. */
  readonly output: string;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Writes a run and its inputs as one file that another machine can read. */
export async function exportRun({ run, output, process, version }: ExportInput): Promise<number> {
  const runs = openRuns(process);
  const found = await runs.open(run ?? "@1");
  // What older versions recorded may hold what this one hides.
  const redacted = redactRun(found, createHide(randomBytes(32)));
  const hiddenValues = Math.max(found.run.hiddenValues, redacted.run.hiddenValues);
  const file = encodeSnapshot({ ...redacted, run: { ...redacted.run, hiddenValues } }, version);
  for (const warning of runs.history.warnings.slice(0, 1)) await say(process, warning);
  if (output === "-") {
    if (process.stdout.isTTY) throw new UsageError("a snapshot is no text: name a file, -o FILE, or a pipe");
    process.stdout.write(file);
    return 0;
  }
  write(output, file, process);
  const { actions, id } = redacted.run;
  const hidden = hiddenValues === 0 ? "" : `, ${countText(hiddenValues, "value")} hidden`;
  const size = `${numberText(Math.ceil(file.length / 1000))} kB`;
  process.stdout.write(
    `gocache-why: wrote ${output}: run ${id}, ${countText(actions.length, "action")}, ${size}${hidden}\n`,
  );
  return 0;
}

/** A name that was mistyped must not cost a file. */
function write(output: string, file: Buffer, process: NodeJS.Process): void {
  const path = resolve(process.cwd(), output);
  try {
    if (existsSync(path)) {
      const status = statSync(path);
      if (status.isFile() && status.size > 0 && !isSnapshot(readFileSync(path).subarray(0, 64))) {
        throw new UsageError(
          `${output} is there already and is no snapshot: name another file, or delete it`,
          1,
        );
      }
    }
    writeFileSync(path, file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${output} could not be written: ${(error as NodeJS.ErrnoException).code ?? error}`,
      1,
    );
  }
}
