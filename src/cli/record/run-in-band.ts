import { createStderrFilter } from "../../go/in-band.ts";
import { hashingGodebug } from "../../go/replay.ts";
import { runGo } from "../../go/run-go.ts";
import { createProgressCounter, type ProgressCounter } from "../../log/build-progress.ts";
import type { GoCommand } from "../../model/go-command.ts";
import { countText } from "../../report/wording/numbers.ts";
import type { GraphFile, WrapInput } from "../commands/wrap.ts";
import { clockText, type LiveLine, type LiveText, startLiveLine } from "../live-line.ts";
import { createLogReader } from "./learn-inputs.ts";
import type { EndedGo } from "./record-run.ts";

/** Runs go with the log of its inputs on its stderr, takes that out again, and reads it. */
export async function runInBand(parts: {
  readonly input: WrapInput;
  readonly goPath: string;
  readonly command: GoCommand;
  readonly env: Readonly<Record<string, string>>;
  readonly graphFile: GraphFile | null;
}): Promise<EndedGo> {
  const { input, goPath, command, env, graphFile } = parts;
  const { process } = input;
  const added: string[] = [];
  if (graphFile?.isUsers === false) added.push(`-debug-actiongraph=${graphFile.path}`);
  const hasX = command.flags.some((flag) => flag.name === "-x");
  const addX = graphFile === null && !hasX && !command.json;
  if (addX) added.push("-x");
  const args = [
    ...command.words.slice(0, command.insertAt),
    ...added,
    ...command.words.slice(command.insertAt),
  ];
  const counter = showsProgress(input, command) ? createProgressCounter() : null;
  const reader = createLogReader(counter?.take);
  const line = counter === null ? null : startProgress(counter, process);
  const filter = createStderrFilter({
    dropX: addX,
    keepWork: command.flags.some((flag) => flag.name === "-work"),
    toolexec: command.flags.find((flag) => flag.name === "-toolexec")?.value ?? null,
    onLog: (chunk) => reader.parser.push(chunk),
    write: (chunk) => (line ?? process.stderr).write(chunk),
  });
  const exit = await runGo({
    path: goPath,
    args,
    env: { ...env, GODEBUG: hashingGodebug(env.GODEBUG) },
    stderr: (chunk) => filter.push(chunk),
  });
  filter.end();
  line?.end();
  return { exit, log: reader.finish() };
}

/** Go's stdout is the same terminal, mostly: nothing is shown where it writes there. With --output stderr is go's byte for byte. */
function showsProgress({ process, options }: WrapInput, command: GoCommand): boolean {
  return process.stderr.isTTY && !options.quiet && options.output === null && !command.json;
}

function startProgress(counter: ProgressCounter, process: NodeJS.Process): LiveLine | null {
  const text = (seconds: number): LiveText => {
    const { ran, current } = counter.now();
    const head = `${countText(ran, "action")} run, `;
    return current === null
      ? { head: `${head}${clockText(seconds)}` }
      : { head, name: current, tail: `, ${clockText(seconds)}` };
  };
  return startLiveLine({ process, quiet: false, after: 2000, text });
}
