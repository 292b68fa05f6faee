import { cacheWord } from "./cache-word.ts";
import { wrap } from "./commands/wrap.ts";
import { isUsageError } from "./failure.ts";
import { isGoWord } from "./go-word.ts";
import type { ReportOptions } from "./options.ts";
import { say, withoutSecrets } from "./say.ts";
import { shimWord } from "./shim-word.ts";
import { traceWord } from "./trace-word.ts";

declare const GOCACHE_WHY_VERSION: string;

/** The version of this package; the build puts it in. */
export const version: string = typeof GOCACHE_WHY_VERSION === "string" ? GOCACHE_WHY_VERSION : "0.0.0-dev";

/** What holds where no option is given; a test holds it equal to what the parser of options gives. */
export const plainOptions: ReportOptions = {
  format: "terminal",
  output: null,
  baseline: null,
  quiet: false,
  all: false,
  verbosity: 0,
  color: null,
  shown: null,
};

/**
 * Runs the command line of a process and gives its exit status: the wrapped command's own, 125 where gocache-why
 * failed before go was started, else 0 done, 1 failed, 2 bad usage.
 */
export async function main(process: NodeJS.Process): Promise<number> {
  const words = process.argv.slice(2);
  if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (words[0] === cacheWord) {
    // It shares stderr with go: once touched here, that pipe would no longer make go wait when it is full, and go would lose lines.
    const { answerFromCache } = await import("./record/answer-from-cache.ts");
    return answerFromCache(words.slice(1), process);
  }
  if (words[0] === traceWord) {
    const { passOnCache } = await import("./record/pass-on-cache.ts");
    return passOnCache(words.slice(1), process);
  }
  // A reader that went away (`… | head`) ends the output, not the build.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  try {
    const [word, ...rest] = words;
    // The commonest command line by far has no option of ours: it need not wait for the parser of options.
    if (word !== undefined && isGoWord(word)) {
      return await wrap({ word, words: rest, options: plainOptions, inBand: false, process, version });
    }
    if (word === shimWord) {
      const { shimmed } = await import("./run/shimmed.ts");
      return await shimmed(rest, plainOptions, process, version);
    }
    const { runProgram } = await import("./program.ts");
    return await runProgram(words, process, version);
  } catch (error) {
    if (isUsageError(error)) {
      await say(process, error.message);
      return error.status;
    }
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `gocache-why: this is a bug in gocache-why ${version}, please report it\n${await withoutSecrets(stack)}\n`,
    );
    return 1;
  }
}
