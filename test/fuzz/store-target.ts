import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { digestOf, shortId } from "../../src/model/ids.ts";
import type { Run, RunWithBlocks } from "../../src/model/run.ts";
import { createArchive } from "../../src/store/archive.ts";
import type { RepeatMark } from "../../src/store/head.ts";
import { openHistory } from "../../src/store/history.ts";
import { findRepeatable, saveRepeat } from "../../src/store/save-repeat.ts";
import { makeRun } from "../store/make-run.ts";
import { type Fault, withFault } from "./faults.ts";
import { hold, isSame, type Target } from "./target.ts";

type Step =
  | {
      readonly do: "save";
      readonly verb: string;
      /** Equal numbers, equal actions. */
      readonly numbers: readonly number[];
      readonly interrupted: boolean;
      readonly fault: Fault | null;
    }
  | { readonly do: "repeat"; readonly verb: string; readonly fault: Fault | null }
  | { readonly do: "keep-texts"; readonly numbers: readonly number[]; readonly fault: Fault | null }
  | { readonly do: "key"; readonly fault: Fault | null }
  | { readonly do: "set-clock"; readonly hours: number };

const fault: fc.Arbitrary<Fault | null> = fc.option(
  fc.record({
    kind: fc.constantFrom("killed", "killed", "full", "read-only", "failing"),
    at: fc.nat({ max: 14 }),
    isDone: fc.boolean(),
  }),
  { nil: null, freq: 2 },
);
const verb = fc.constantFrom("build", "vet");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("save" as const),
      verb,
      numbers: fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 40 }),
      interrupted: fc.integer({ min: 0, max: 4 }).map((number) => number === 0),
      fault,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("repeat" as const), verb, fault }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("keep-texts" as const),
      numbers: fc.array(fc.nat({ max: 9 }), { maxLength: 5 }),
      fault,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("key" as const), fault }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("set-clock" as const), hours: fc.integer({ min: -50, max: 50 }) }),
  },
);

interface StoreCase {
  readonly steps: readonly Step[];
}

/** A history under saving, repeating, faults and clocks that jump, beside a model of what it has to hold. */
export const storeTarget: Target<StoreCase> = {
  name: "store",
  share: 0.5,
  cases: fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 10 }) }),
  check: checkStore,
};

const limits = { runsPerFamily: 3, bytes: 1e9 };
const textLimits = { texts: 4, bytes: 1e9 };
const mark: RepeatMark = { world: "world", graph: "graph", gocache: null, targets: [] };
const room = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

function checkStore({ steps }: StoreCase): void {
  const directory = mkdtempSync(join(room, "gocache-why-fuzz-"));
  const realNow = Date.now;
  let hours = 0;
  Date.now = () => realNow() + hours * 3_600_000;
  try {
    const model = createModel(directory);
    for (const each of steps) {
      if (each.do === "set-clock") hours = each.hours;
      else model.take(each);
    }
    // What killed writers left goes with the first run that is saved an hour later. Times of files are the real ones.
    hours = 1000;
    model.take({ do: "save", verb: "build", numbers: [1], interrupted: false, fault: null });
    model.checkAll();
    const left = readdirSync(join(directory, "v2", "tmp"));
    hold(left.length === 0, `left in the scratch folder: ${left.join(", ")}`);
  } finally {
    Date.now = realNow;
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Known extends RunWithBlocks {
  /** By which it can be repeated. */
  readonly marked: boolean;
}

interface Model {
  take(step: Exclude<Step, { do: "set-clock" }>): void;
  /** Every run is there as it was saved. */
  checkAll(): void;
}

function createModel(directory: string): Model {
  /** Newest first. */
  let runs: Known[] = [];
  const texts = new Map<string, string>();
  let key: string | null = null;

  function take(each: Parameters<Model["take"]>[0]): void {
    switch (each.do) {
      case "save":
        save(each);
        return;
      case "repeat":
        repeat(each);
        return;
      case "keep-texts":
        keep(each);
        return;
      case "key":
        ask(each);
    }
  }

  function save({ verb, numbers, interrupted, fault }: Extract<Step, { do: "save" }>): void {
    const { run, blocks } = makeRun(numbers, {
      verb,
      interrupted,
      startedAt: new Date(Date.now()).toISOString(),
    });
    const history = openHistory(directory, limits, textLimits);
    let id: string | null = null;
    withFault(fault, () => {
      const baseline = history.baseline(run)?.run ?? null;
      id = history.save(run, blocks, baseline, null, interrupted ? null : mark)?.id ?? null;
    });
    if (fault === null) hold(history.warnings.length === 0, `warnings: ${history.warnings.join("; ")}`);
    adopt(fault, id, (own) => ({ run: { ...run, id: own }, blocks, marked: !interrupted }));
  }

  function repeat({ verb, fault }: Extract<Step, { do: "repeat" }>): void {
    const archive = createArchive(directory, limits);
    const { run: family } = makeRun([], { verb });
    const own: Pick<Run, "startedAt" | "clockSeconds" | "cache"> = {
      startedAt: new Date(Date.now()).toISOString(),
      clockSeconds: 0.25,
      cache: { trimmedAt: 5, present: true, targets: {} },
    };
    const earlier = findRepeatable(archive, family, () => mark.world);
    const repeated = runs.find(({ run }) => run.verb === verb && !run.interrupted);
    hold((earlier === null) === (repeated === undefined), "what can be repeated is not what was saved last");
    if (earlier === null || repeated === undefined) return;
    hold(earlier.entry.id === repeated.run.id, "another run than the newest would be repeated");
    let id: string | null = null;
    withFault(fault, () => {
      id = saveRepeat(archive, earlier, own);
    });
    if (fault === null) hold(id !== null, `not repeated: ${archive.failures.join("; ")}`);
    adopt(fault, id, (newId) => ({ ...repeated, run: { ...repeated.run, ...own, id: newId } }));
  }

  /** Compares what the history lists now with what it may hold after one run was added, or was not. */
  function adopt(fault: Fault | null, id: string | null, make: (id: string) => Known): void {
    const history = openHistory(directory, limits, textLimits);
    const listed = history.list(null).map((summary) => summary.id);
    hold(history.warnings.length === 0, `warnings after it: ${history.warnings.join("; ")}`);
    const before = runs.map(({ run }) => run.id);
    const fresh = listed.filter((each) => !before.includes(each));
    hold(fresh.length <= 1, "more than one run was added");
    if (fault === null) hold(id !== null && fresh[0] === id, "the run that was saved is not listed");
    if (id !== null) hold(fresh[0] === id, "the run that is said to be saved is not listed");
    const [added] = fresh;
    if (added === undefined) {
      hold(isSame(listed, before), `a run was lost though none was added: ${listed} of ${before}`);
      return;
    }
    const all = [make(added), ...runs];
    const order = all.map(({ run }) => run.id);
    hold(
      isSame(
        listed,
        order.filter((each) => listed.includes(each)),
      ),
      "the order changed",
    );
    const kept = keptOf(all).map(({ run }) => run.id);
    if (fault === null) hold(isSame(listed, kept), `kept are ${listed}, to be kept were ${kept}`);
    for (const each of kept) hold(listed.includes(each), `${each} was lost`);
    runs = all.filter(({ run }) => listed.includes(run.id));
    checkRun(added);
  }

  function checkRun(id: string): void {
    const history = openHistory(directory, limits, textLimits);
    const known = runs.find(({ run }) => run.id === id);
    const loaded = history.load(id);
    hold(known !== undefined && loaded !== null, `${id} can't be read: ${history.warnings.join("; ")}`);
    hold(isSame(sorted(loaded), sorted(known.run)), `${id} is another run than was saved`);
    const blocks = history.blocks(loaded);
    hold(blocks.size === known.blocks.size, `${id} has ${blocks.size} blocks and not ${known.blocks.size}`);
    for (const [digest, block] of known.blocks)
      hold(isSame(blocks.get(digest), block), `${id} has another block`);
    hold(history.warnings.length === 0, `warnings when it is read: ${history.warnings.join("; ")}`);
  }

  function keep({ numbers, fault }: Extract<Step, { do: "keep-texts" }>): void {
    const given = numbers.map((number) => {
      const text = `package a\n\nconst number = ${number}\n`;
      return { hash: shortId(digestOf(text)), text, hidden: 0 };
    });
    const history = openHistory(directory, limits, textLimits);
    withFault(fault, () => history.keepTexts(given));
    for (const { hash, text } of given) texts.set(hash, text);
    const after = openHistory(directory, limits, textLimits);
    for (const [hash, text] of texts) {
      const found = after.text(hash as never);
      hold(found === null || found.text === text, "another text than was kept");
    }
    hold(after.warnings.length === 0, `warnings after it: ${after.warnings.join("; ")}`);
    const [first] = given;
    if (fault === null && first !== undefined) hold(after.text(first.hash) !== null, "a text was not kept");
  }

  function ask({ fault }: Extract<Step, { do: "key" }>): void {
    const history = openHistory(directory, limits, textLimits);
    withFault(fault, () => history.key());
    const after = openHistory(directory, limits, textLimits);
    const found = after.key().toString("hex");
    hold(found.length === 64, "the key is cut off");
    hold(key === null || key === found, "another key");
    hold(after.warnings.length === 0, `warnings after it: ${after.warnings.join("; ")}`);
    key = found;
  }

  return {
    take,
    checkAll() {
      for (const { run } of runs) checkRun(run.id);
      for (const [at, { run }] of runs.entries()) {
        const found = openHistory(directory, limits, textLimits).resolve(`@${at + 1}`, null);
        hold(!("error" in found) && found.id === run.id, `@${at + 1} is not ${run.id}`);
      }
    },
  };
}

/** What is to be kept, as the contract says: the newest of each family, its baseline and the run that was just saved whatever their age. */
function keptOf(runs: readonly Known[]): readonly Known[] {
  const gone = new Set<Known>();
  for (const verb of new Set(runs.map(({ run }) => run.verb))) {
    const family = runs.filter(({ run }) => run.verb === verb);
    const baseline = family.find(({ run }) => !run.interrupted) ?? family[0];
    let size = family.length;
    for (const each of family.toReversed()) {
      if (size <= limits.runsPerFamily) break;
      if (each === baseline || each === runs[0]) continue;
      gone.add(each);
      size--;
    }
  }
  return runs.filter((each) => !gone.has(each));
}

/** Fields in the order of their names, since they are told apart by JSON. */
function sorted(run: Run): unknown {
  return Object.entries(run).sort(([one], [other]) => (one < other ? -1 : 1));
}
