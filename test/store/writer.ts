import { openHistory } from "../../src/store/history.ts";
import { makeRun } from "./make-run.ts";

// node writer.mjs DIRECTORY SEED RUNS: saves so many runs and prints the history's key, then the ids.
const [directory = "", seed = "0", runs = "0"] = process.argv.slice(2);
process.stdout.write(`key ${openHistory(directory).key().toString("hex")}\n`);
for (let step = 0; step < Number(runs); step++) {
  const history = openHistory(directory);
  const numbers = Array.from({ length: 60 }, (_, index) =>
    index === step % 60 ? Number(seed) * 1e6 + step : index,
  );
  const { run, blocks } = makeRun(numbers);
  const saved = history.save(run, blocks, history.baseline(run)?.run ?? null);
  if (saved === null) throw new Error(history.warnings.join("\n"));
  process.stdout.write(`${saved.id}\n`);
}
