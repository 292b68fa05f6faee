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
(10 ms for 2,000 nodes), and only where a key is new is the command replayed, by \`go build -n\`, which compiles nothing (0.5 s for 1,003 actions). A build that
goes on for longer than twice the time of its last run with nothing to do is replayed while it goes on. What an edit costs beyond that is
said once, when the build is over: the inputs of a thousand actions are read, compared and written to the history.

A warm \`go test\` is no repeat: when go has ended the tool reads the log of what each test read, and the state of each file in it (0.8 s for 149
packages, whose tests read all of GOROOT). What tests have in common is described once. Nothing is replayed where the history knows
all keys; that it did was a fault: a test of a main package links two main packages, whose build IDs were not told apart, so that 13 links stayed unknown and
all was asked for again each time (1.69 × and 8.1 s, in the place of 1.41 × and 7.2 s).

From an empty cache the tool's own process took 1.5 s of the 282 s of processor time of caddy's build, and the replay takes 0.5 to 0.7 s on the clock. Three pairs of
whole builds on two busy cores scatter by more than that; the row above is what came out of them.

## What stands in the way of the targets that are not met

- **Raw logs of some 20 MB.** Where the same code goes on reading, it reads more than 150 MB a second (the row of eight times the same). At that speed a log of 25 MB would
  take 0.16 s; it takes 0.27 s, since V8 has yet to compile the parser, in each process and in each thread. No function takes more than a seventh. Flags of V8 that compile earlier were tried (\`--always-sparkplug\`, \`--no-lazy-feedback-allocation\`), in turn with none: no gain.
- **A synthetic log in which all inputs are distinct.** Each line has to be kept, so that it is copied out of the log and entered into a table: 4 million entries. Memory grows with
  what is different in a log, not with its lines.
- **A pair of raw logs.** Both are read at the same time, but what comes then (secrets are taken out of both, causes are found, the report is written) is
  done in one thread, and Node has started, which a sorted diff need not do. The sorted diff compares lines; it verifies no key, and names no cause.
- **A warm build of caddy.** 1.35 ×, 1.35 × and 1.39 × in three measurements of one day, of 15 pairs each: Node's own start is 0.08 s of the 0.17 s that it
  takes more. Where go takes longer (prometheus) the target is met.
- **From an empty cache.** See above: what the tool does itself is a hundredth or less; three pairs of builds that take two minutes each can't show so little.
- **Two runs of which every package missed.** With one file edited the comparison is in time; where 1,377 keys are all new, each is taken apart and proven.

Logs are read in pieces of 64 KB: V8 maps larger strings one by one, and scanning lines takes six times as long in pieces of 256 KB.
Most lines are writes of the block that the line before was of, and are taken in one look; lines of others (what -n and -x print is most of a
log) are told by where go's words stand next. Of two large logs the second is read in a thread of its own, which hands over all strings as one, and the blocks as numbers.

What was tried and is not done: execa for the run itself (importing it costs 74 ms; \`node:child_process\` 2 ms); one compressed
file a run (50 KB a warm run instead of 1.4 KB); a brotli quality above 2 (no gain in size that is worth its time).
`;
}
