// Real logs to read: what go prints of one command, and larger ones that are made of it.
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { pathToFileURL } from "node:url";
import { bundleTest } from "../bundle-test.mjs";

/** @typedef {import("./programs.mjs").Program} Program */

/** Writes what `go … -n` prints under gocachehash, which compiles nothing. @param {Program} program @param {string[]} words @param {string} file */
export function writeLog(program, words, file) {
  if (existsSync(file)) return;
  const descriptor = openSync(file, "w");
  try {
    spawnSync("go", words, {
      cwd: program.directory,
      env: { ...program.env, GODEBUG: "gocachehash=1" },
      stdio: ["ignore", "ignore", descriptor],
    });
  } finally {
    closeSync(descriptor);
  }
  if (statSync(file).size === 0) throw new Error(`go ${words.join(" ")} printed nothing`);
}

/** The same log again and again: more lines, and not one input more. @param {string} from @param {number} times @param {string} to */
export function repeatLog(from, times, to) {
  if (existsSync(to)) return;
  const text = readFileSync(from);
  writeFileSync(to, "");
  for (let count = 0; count < times; count++) appendFileSync(to, text);
}

/**
 * A log of so many lines in which every package has another name each time, and each key is that of its own lines: more lines, and as many inputs
 * more. The same code makes the big logs of the tests. @param {string} from @param {number} lines @param {string} to
 */
export async function multiplyLog(from, lines, to) {
  if (existsSync(to)) return;
  const outfile = `${to}.mjs`;
  await bundleTest("test/e2e/big-log.ts", outfile);
  const { bigLog } = await import(pathToFileURL(outfile).href);
  const log = readFileSync(from, "latin1");
  const bytesPerLine = log.length / countLines(from);
  writeFileSync(to, bigLog(log, { bytes: lines * bytesPerLine, salt: null }), "latin1");
}

/** @param {string} file */
export function countLines(file) {
  return Number(execFileSync("wc", ["-l", file], { encoding: "utf8" }).trim().split(" ")[0]);
}
