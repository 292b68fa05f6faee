import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { quote, splitQuotedWords, unquote } from "../../src/util/go-quote.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "../go/temporary.ts";
import { byteString } from "../log/arbitraries.ts";

/** Tables go in as hex, one a line; Go's own answers come out as JSON. */
const program = `package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"unicode"

	"example.com/quoting/quoted"
)

type answer struct {
	Quoted []byte
	Words  [][]byte
	Failed bool
	// A character that Go's tables do not know (yet).
	Unassigned bool
}

func main() {
	out := json.NewEncoder(os.Stdout)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		raw, err := hex.DecodeString(in.Text())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		words, err := quoted.Split(string(raw))
		answered := answer{Quoted: []byte(strconv.Quote(string(raw))), Failed: err != nil}
		for _, r := range string(raw) {
			if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) {
				answered.Unassigned = true
			}
		}
		for _, word := range words {
			answered.Words = append(answered.Words, []byte(word))
		}
		out.Encode(answered)
	}
}
`;

interface Answer {
  readonly quoted: string;
  readonly words: readonly string[] | null;
  readonly unassigned: boolean;
}

describe("against Go itself", () => {
  const directory = temporaryDirectory();
  const bytes = fc.sample(byteString(), { numRuns: 3000, seed: 1 });
  const every = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
  const text = fc.sample(fc.string({ unit: "binary", maxLength: 6 }), { numRuns: 3000, seed: 2 });
  const blanks = fc.sample(
    fc
      .array(fc.constantFrom("a", "b=", " ", "\t", "\n", "\r", "\v", '"', "'", "\\", "-X", "\xa0"))
      .map((words) => words.join("")),
    { numRuns: 2000, seed: 3 },
  );
  const table = [...every, ...bytes, ...text.map((each) => Buffer.from(each).toString("latin1")), ...blanks];
  const answers: Answer[] = [];

  beforeAll(() => {
    const env = goEnvironment(directory);
    // Go's own splitter is internal to cmd: its source is copied, so that it is really Go's.
    const goroot = go(["env", "GOROOT"], directory, env).trim();
    const source = readFileSync(join(goroot, "src/cmd/internal/quoted/quoted.go"), "utf8");
    writeFiles(directory, {
      "go.mod": "module example.com/quoting\n\ngo 1.21\n",
      "main.go": program,
      "quoted/quoted.go": source,
    });
    go(["build", "-o", "quoting", "."], directory, env);
    const printed = execFileSync(join(directory, "quoting"), {
      input: table.map((each) => `${Buffer.from(each, "latin1").toString("hex")}\n`).join(""),
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    for (const line of printed.split("\n")) {
      if (line === "") continue;
      const raw = JSON.parse(line) as {
        Quoted: string;
        Words: string[] | null;
        Failed: boolean;
        Unassigned: boolean;
      };
      const decode = (base64: string): string => Buffer.from(base64, "base64").toString("latin1");
      const words = raw.Failed ? null : (raw.Words ?? []).map(decode);
      answers.push({ quoted: decode(raw.Quoted), words, unassigned: raw.Unassigned });
    }
  });

  it("quotes as strconv.Quote", () => {
    expect(answers).toHaveLength(table.length);
    // Which characters there are depends on the Unicode version: Node's and Go's need not be the same.
    const isKnown = (each: string, at: number): boolean =>
      answers[at]?.unassigned === false && !/\p{Cn}/u.test(Buffer.from(each, "latin1").toString());
    expect(table.filter(isKnown).length).toBeGreaterThan(5000);
    const wrong = table.flatMap((each, at) =>
      !isKnown(each, at) || quote(each) === answers[at]?.quoted
        ? []
        : [{ each, ours: quote(each), go: answers[at]?.quoted }],
    );
    expect(wrong).toEqual([]);
  });

  it("reads what strconv.Quote wrote", () => {
    const wrong = table.filter((each, at) => unquote(answers[at]?.quoted ?? "") !== each);
    expect(wrong).toEqual([]);
  });

  it("splits words as cmd/internal/quoted", () => {
    const wrong = table.flatMap((each, at) => {
      const ours = splitQuotedWords(each);
      const theirs = answers[at]?.words ?? null;
      return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [{ each, ours, theirs }];
    });
    expect(wrong).toEqual([]);
  });
});
