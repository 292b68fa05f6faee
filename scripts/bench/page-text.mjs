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
all was asked for again each time (1.69 × and 8.1 s, in the place of 1.41 × and 7.2 s, on a slower machine).

From an empty cache a tenth of a second goes by before go is started, which is asked whether it writes an action graph; after it has ended the command is replayed
(0.6 s of caddy), and the inputs are written to the history. The row with the whole command is five pairs of builds, which scatter by more than that.

## What stands in the way of the targets that are not met

- **A pair of raw logs of some 20 MB.** At 150 MB a second both would be read and told of in 0.29 s. Of these, Node's start and loading the program take 0.1 s, and
  reading one of them 0.16 s, since V8 has yet to compile the parser, in each process and in each thread: where the same code goes on reading (the row of eight times the same) it
  is nearly twice as fast. What comes then (secrets are taken out of both, causes are found, the report is written) is done in one thread. No function takes more than a
  seventh. Flags of V8 that compile earlier were tried (\`--always-sparkplug\`, \`--no-lazy-feedback-allocation\`), in turn with none: no gain. The sorted diff
  compares lines; it verifies no key, and names no cause.
- **Memory of a pair of logs with eight go commands each.** What is kept is 12 and 23 MB in the two threads; the rest is garbage that V8 leaves until it is worth its while.
- **A warm build of caddy** is at the edge: 1.32 ×, 1.33 × and 1.37 × in three measurements of one day, of 15 pairs each. Of the 0.10 s that it takes more, Node's own start is 0.05 s, and 0.02 s is
  go's, which writes its action graph. Where go takes longer (prometheus) the target is met.
- **Two runs of which every package missed** are, too: 0.45 s and 0.51 s in two measurements. 1,377 keys are all new, and each is taken apart and proven.
- **Other machines.** On one with two thirds of this one's speed the tool read the real log with 90 MB/s and the synthetic one with 93, told of the pair of runs of which every
  package missed in 0.75 s, and took 1.35 × to 1.39 × for caddy's warm build.

Logs are read in pieces of 64 KB: V8 maps larger strings one by one, and scanning lines takes six times as long in pieces of 256 KB.
Most lines are writes of the block that the line before was of, and are taken in one look; lines of others (what -n and -x print is most of a
log) are told by where go's words stand next. Of two large logs the second is read in a thread of its own, which hands over all strings as one, and the blocks as numbers.

What was tried and is not done: execa for the run itself (importing it costs 74 ms; \`node:child_process\` 2 ms); one compressed
file a run (50 KB a warm run instead of 1.4 KB); a brotli quality above 2 (no gain in size that is worth its time).
`;
}
