import fc from "fast-check";
import { isGoWord } from "../../src/cli/go-word.ts";
import { buildFlagWords, parseGoWords, replayWords, testMainWords } from "../../src/model/go-command.ts";
import { calls, stubStatus } from "./stub-commands.ts";
import { hold, isSame, type Target } from "./target.ts";

/** The command line with its commands stubbed (`stub-commands.ts`). */
export type Main = (process: NodeJS.Process) => Promise<number>;

interface ArgvCase {
  /** Options of the tool that are all right; null where the words before go's may be anything. */
  readonly own: readonly string[] | null;
  readonly words: readonly string[];
}

interface GoWordsCase {
  readonly words: readonly string[];
  readonly goflags: string | null;
}

const strange = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 6 }).filter((text) => !text.includes("\0")),
  fc.constantFrom(
    "",
    "-",
    "--",
    "---",
    "-=",
    "--=x",
    "-\u00e9",
    "a b",
    "'",
    '"',
    "$(x)",
    "\n",
    "@1",
    "..",
    "=",
    "-1",
  ),
);

/** Words as people write them behind `go`, right and wrong. */
const goWord = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "build",
      "install",
      "test",
      "vet",
      "run",
      "env",
      "mod",
      "list",
      "help",
      "version",
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom("./...", ".", "./cmd/app", "main.go", "example.com/m", "all", "std"),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ..."-race -v -x -n -a --v -v=false -tags -tags=a,b -o -o=bin/ -ldflags -ldflags=-s -gcflags=all=-N -C --C -C=sub -json -count=1 -count".split(
        " ",
      ),
      ..."-run -run=Test -args --args -h -help --help -fix -vettool=x -exec -cover -coverprofile=c.out -p -mod=mod -debug-actiongraph".split(
        " ",
      ),
      ..."-debug-actiongraph=g.json -test.run -test.v -toolexec -unknown -unknown=1 -- --format --output=x --quiet -vv --in-band".split(
        " ",
      ),
    ),
  },
  { weight: 1, arbitrary: strange },
);

/** Options of a wrapped run that are all right, each with what it takes. */
const ownOption: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.constantFrom(
    ["--quiet"],
    ["--all"],
    ["-v"],
    ["-vv"],
    ["--color"],
    ["--no-color"],
    ["--in-band"],
    ["--show-values"],
  ),
  fc
    .constantFrom("terminal", "markdown", "json", "html", "trace")
    .chain((format) => fc.constantFrom(["--format", format], [`--format=${format}`])),
  fc
    .tuple(fc.constantFrom("--output", "--baseline", "--prometheus", "--ndjson"), strange)
    .map(([name, value]) => [name, value]),
  fc
    .tuple(fc.constantFrom("--output", "--baseline", "--prometheus", "--ndjson"), strange)
    .map(([name, value]) => [`${name}=${value}`]),
);

const anyWord = fc.oneof(
  goWord,
  ownOption.map(([first = ""]) => first),
  fc.constantFrom(
    ..."go /usr/bin/go go1.25.5 gotip go.exe run diff cold runs why tests cache inputs what-if report explain doctor check ci export import scrub completion".split(
      " ",
    ),
    ..."bash zsh make --max-missed 3 -1 --fail-on error --experiment --over --set A=b --without-flag --open -o - --format --formt --version -V".split(
      " ",
    ),
  ),
);

/** Command lines: what is go's reaches go as it was typed, whatever it is; what is not understood is told in a line, never by a stack. */
export function argvTarget(main: Main): Target<ArgvCase> {
  const cases: fc.Arbitrary<ArgvCase> = fc.oneof(
    fc.record({
      own: fc.array(ownOption, { maxLength: 4 }).map((options) => options.flat()),
      words: fc
        .tuple(
          fc.constantFrom("go", "/usr/local/go/bin/go", "go1.25.5", "gotip"),
          fc.array(goWord, { maxLength: 8 }),
        )
        .map(([word, words]) => [word, ...words]),
    }),
    fc.record({ own: fc.constant(null), words: fc.array(anyWord, { maxLength: 7 }) }),
  );
  const check = async ({ own, words }: ArgvCase): Promise<void> => {
    // Words of the tool's own making, by which it starts itself.
    if (words[0]?.startsWith("__") !== true) await holdCalled(main, own, words);
  };
  return { name: "argv", share: 2.5, cases, check };
}

/** Go's own words are taken apart so that none is lost, taken twice or changes its place. */
export const goWordsTarget: Target<GoWordsCase> = {
  name: "go-words",
  share: 22,
  cases: fc.record({
    words: fc.array(goWord, { maxLength: 9 }),
    goflags: fc.option(
      fc.oneof(
        strange,
        fc.array(goWord, { maxLength: 3 }).map((flags) => flags.join(" ")),
      ),
      {
        nil: null,
        freq: 1,
      },
    ),
  }),
  check: holdParsed,
};

async function holdCalled(
  main: Main,
  own: readonly string[] | null,
  words: readonly string[],
): Promise<void> {
  const said = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      said[name] += text;
      return true;
    },
    on: () => {},
    isTTY: false,
  });
  calls.length = 0;
  const argv = [...(own ?? []), ...words];
  const process = {
    argv: ["node", "gocache-why", ...argv],
    env: {},
    cwd: () => "/",
    stdout: stream("stdout"),
    stderr: stream("stderr"),
  };
  const status = await main(process as unknown as NodeJS.Process);
  const [call, ...more] = calls;
  hold(more.length === 0, "more than one command was carried out");
  hold(!/this is a bug|^\s+at /m.test(said.stderr), `a stack: ${said.stderr}`);
  if (call?.command === "wrap" || call?.command === "run") {
    const given =
      call.command === "wrap" ? [call.input.word, ...(call.input.words ?? [])] : (call.input.words ?? []);
    hold(
      isSame(given, argv.slice(argv.length - given.length)),
      `other words than were typed: ${JSON.stringify(given)}`,
    );
    if (call.command === "wrap") hold(isGoWord(call.input.word ?? ""), "what is run is no go command");
    hold(status === stubStatus, `status ${status}`);
  }
  if (own !== null) {
    hold(call?.command === "wrap", `no go command was run: ${said.stderr}`);
    hold(isSame([call.input.word, ...(call.input.words ?? [])], words), "go got other words");
    hold(
      call.input.inBand === own.some((word, at) => word === "--in-band" && !isValue(own, at)),
      "in-band or not",
    );
  } else if (call === undefined && status !== 0) {
    hold(status === 2 || status === 1, `status ${status}`);
    hold(/^(gocache-why: |Usage: )/.test(said.stderr), `no line that says what is wrong: ${said.stderr}`);
  }
}

/** True for a word that is what the option before it takes. */
function isValue(own: readonly string[], at: number): boolean {
  let is = false;
  for (let index = 0; index <= at; index++) {
    is = !is && index > 0 && /^--(format|output|baseline|prometheus|ndjson)$/.test(own[index - 1] ?? "");
  }
  return is;
}

function holdParsed({ words, goflags }: GoWordsCase): void {
  const command = parseGoWords(words, goflags === null ? null : { text: goflags, origin: "GOFLAGS" });
  hold(command.words === words, "the words were copied");
  hold(command.insertAt >= 0 && command.insertAt <= words.length, "a flag would be put behind the end");
  hold(isPart(command.packages, words), "packages that were not typed, or in another order");
  hold(isPart(command.rest, words), "other arguments than were typed, or in another order");
  let end = 0;
  let taken =
    command.packages.length +
    command.rest.length +
    (command.verb === null ? 0 : 1) +
    command.chdirWords.length;
  for (const { index, count } of command.flagWords) {
    hold(
      index >= end && index >= command.insertAt && index + count <= words.length,
      "a flag that lies in another",
    );
    end = index + count;
    taken += count;
  }
  // An unknown flag of build and vet, a terminator and what stands behind a request for help are nobody's.
  hold(taken <= words.length, "a word was taken twice");
  if (!command.recorded) return;
  hold(
    isPart(
      buildFlagWords(command).filter((word) => word !== "-cover"),
      words,
    ),
    "flags that were not typed",
  );
  const replay = replayWords(command);
  if (replay[0] !== "list") {
    hold(isSame(replay.slice(0, command.insertAt), words.slice(0, command.insertAt)), "the verb changed");
    hold(
      isPart([...command.packages], replay),
      "packages are lacking when the command is asked for its inputs",
    );
    hold(replay.includes("-n"), "a command that is asked for its inputs would build");
  }
  hold(
    isPart(command.packages, testMainWords(command)),
    "packages are lacking when the mains of tests are asked for",
  );
}

/** Whether all of some words stand in others, in their order. */
function isPart(part: readonly string[], words: readonly string[]): boolean {
  let at = 0;
  for (const word of words) if (at < part.length && part[at] === word) at++;
  return at === part.length;
}
