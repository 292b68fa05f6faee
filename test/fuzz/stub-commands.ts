/** A command that would have been carried out, and what with. */
export interface Call {
  readonly command: string;
  readonly input: {
    readonly word?: string;
    readonly words?: readonly string[];
    readonly options?: Readonly<Record<string, unknown>>;
    readonly inBand?: boolean;
  };
}

/** All since the list was emptied. */
export const calls: Call[] = [];

/** What each of them gives as the exit status. */
export const stubStatus = 17;

const stub =
  (command: string) =>
  async (input: Call["input"]): Promise<number> => {
    calls.push({ command, input });
    return stubStatus;
  };

/** Stands in the place of every file of src/cli/commands: nothing is started, read or written. */
export const cache = stub("cache");
export const check = stub("check");
export const ci = stub("ci");
export const cold = stub("cold");
export const completion = (shell: string): number => {
  calls.push({ command: "completion", input: { word: shell } });
  return stubStatus;
};
export const diff = stub("diff");
export const doctor = stub("doctor");
export const explain = stub("explain");
export const exportRun = stub("export");
export const importLog = stub("import");
export const inputs = stub("inputs");
export const report = stub("report");
export const run = stub("run");
export const runs = stub("runs");
export const scrub = stub("scrub");
export const tests = stub("tests");
export const whatIf = stub("what-if");
export const why = stub("why");
export const wrap = stub("wrap");
