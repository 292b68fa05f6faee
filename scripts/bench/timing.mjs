// Times whole commands, in turn with what they are compared with: the machine is shared, so that only ratios can be trusted.
import { spawnSync } from "node:child_process";

/**
 * @typedef {{ clock: number, cpu: number }} Cost seconds on the clock, and of processors
 * @typedef {{ cwd: string, env: Record<string, string | undefined> }} Place
 */

/** What one whole command costs, without its output; throws where it fails. @param {readonly string[]} words @param {Place} place @returns {Cost} */
export function costOf(words, { cwd, env }) {
  const start = process.hrtime.bigint();
  // `times` of a shell: its own, then that of all processes that it waited for.
  const script = '"$@" > /dev/null || exit; times';
  const result = spawnSync("sh", ["-c", script, "sh", ...words], { cwd, env, encoding: "utf8" });
  const clock = Number(process.hrtime.bigint() - start) / 1e9;
  if (result.status !== 0) {
    throw new Error(
      `${words.slice(0, 5).join(" ")} …: status ${result.status}\n${result.stderr.slice(-2000)}`,
    );
  }
  const [, children = ""] = result.stdout.trim().split("\n");
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
  return { clock, cpu };
}

/** What one command of node costs, with the most memory that it had. @param {readonly string[]} words without node @param {Place} place @returns {Cost & { megabytes: number }} */
export function nodeCostOf(words, { cwd, env }) {
  const told = `data:text/javascript,${encodeURIComponent(
    'process.on("exit", () => process.stderr.write("\\n" + JSON.stringify(process.resourceUsage())));',
  )}`;
  const start = process.hrtime.bigint();
  const result = spawnSync(process.execPath, ["--import", told, ...words], {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  const clock = Number(process.hrtime.bigint() - start) / 1e9;
  if (result.status !== 0) throw new Error(`${words.join(" ")}: status ${result.status}\n${result.stderr}`);
  const usage = JSON.parse(result.stderr.slice(result.stderr.lastIndexOf("\n") + 1));
  return {
    clock,
    cpu: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    megabytes: usage.maxRSS / 1000,
  };
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/**
 * Two commands in turn, `count` times. @param {() => Cost} one @param {() => Cost} other @param {number} count
 * @param {{ warmUp?: boolean }} [options] whether both are run once before
 */
export function inTurn(one, other, count, { warmUp = true } = {}) {
  if (warmUp) {
    one();
    other();
  }
  // Who comes first alternates: processors get warm, other guests of the machine come and go.
  const pairs = Array.from({ length: count }, (_, at) => {
    if (at % 2 === 0) return /** @type {const} */ ([one(), other()]);
    const second = other();
    return /** @type {const} */ ([one(), second]);
  });
  const of = (/** @type {"clock" | "cpu"} */ kind) => ({
    ratio: median(pairs.map(([a, b]) => a[kind] / b[kind])),
    one: median(pairs.map(([a]) => a[kind])),
    other: median(pairs.map(([, b]) => b[kind])),
  });
  return { clock: of("clock"), cpu: of("cpu") };
}

/** `1.32 × plain go (0.41 s, 0.31 s)`. @param {{ ratio: number, one: number, other: number }} found @param {string} than @param {number} [digits] */
export function timesWord({ ratio, one, other }, than, digits = 2) {
  return `${ratio.toFixed(digits)} × ${than} (${one.toFixed(2)} s, ${other.toFixed(2)} s)`;
}
