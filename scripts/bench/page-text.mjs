// docs/performance.md: the figures as they were measured, and what was found out on the way.

/** @param {readonly { what: string, figure: string, target: string }[]} rows @param {string} machine @param {number} pairs */
export function performancePage(rows, machine, pairs) {
  const table = rows.map(({ what, figure, target }) => `| ${what} | ${figure} | ${target} |`).join("\n");
  return `# Performance

Made by \`npm run bench -- --write\`: whole commands, measured in turn with what they are compared with, medians of
the ratios pair by pair (${pairs} pairs where a warm build is measured). ${machine}. The machine is
shared and noisy: trust the ratios, not the seconds.

| what | figure | target |
| --- | --- | --- |
${table}

## Where the time goes

A warm run starts Node (50 ms), starts \`go\` with \`-debug-actiongraph\`, and beside it reads the head of the family's newest run, which has a keyed digest of
its surroundings (words, variables, module files, HEAD) and one of the IDs in its action graph. Where both are equal when go has ended,
and no process was started for any action, the run repeats that one: its files are linked, 0.7 KB are written, the line is printed. Nothing else is
loaded, and go is asked nothing. All that needs is in one CommonJS file: as an ES module with the chunks that it shares it costs a sixth of Node's own start.

Where anything differs, or go takes twice as long as it took to do nothing, the rest is loaded: known files are noted, \`go env -json\` is asked, the graph is read
(10 ms for 2,000 nodes), and only where a key is new is the command replayed, by \`go build -n\`, which compiles nothing (0.5 s for 1,003 actions).

From an empty cache the tool's own part of caddy's build, timed inside it, was 0.8 s of 79.6 s (1.01 ×; target ≤ 1.03 ×): 0.08 s before
go was started, 0.7 s for the replay, 0.06 s for all the rest. A single pair of whole cold builds gave 1.07 ×; builds of 80 s on two busy
cores scatter by more than what is to be seen, so \`--cold\` wants a quiet machine and patience.

Logs are read in pieces of 64 KB: V8 maps larger strings one by one, and scanning lines takes six times as long in pieces of 256 KB.
Most lines are writes of the block that the line before was of, and are taken in one look; lines of others (what -n and -x print is most of a
log) are told by where go's words stand next. Of a log of 20 MB a third of the time is V8's own, which has yet to compile the parser; SHA-256 is a
twentieth. Memory grows with what is different in a log, not with its lines: the same log eight times takes as much as once.

Of two large logs the second is read in a thread of its own, which hands over all strings as one, and the blocks as numbers. What is done with
the blocks then (secrets, causes) is done in one thread.

What was tried and is not done: execa for the run itself (importing it costs 74 ms; \`node:child_process\` 2 ms); one compressed
file a run (50 KB a warm run instead of 1.4 KB); a brotli quality above 2 (no gain in size that is worth its time).
`;
}
