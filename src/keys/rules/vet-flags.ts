import { isBuildFlag, isTestFlag, parseGoWords } from "../../model/go-command.ts";
import { quoteList, splitQuotedWords } from "../../util/go-quote.ts";
import type { Draft } from "../draft.ts";
import type { OutsideValues } from "../outside-values.ts";
import type { KeyRule } from "../rule.ts";
import type { ProofSite } from "../site.ts";
import { bytes } from "./directory.ts";

/** Flags of the vet tool: which checks it makes, and in what form it tells them. */
export const vetFlags: KeyRule = {
  name: "vet-flags",
  fits: ({ code, subject }) =>
    code === "flag-changed" &&
    (subject === "-vet" || (!isBuildFlag(subject.slice(1)) && !isTestFlag(subject.slice(1)))),
  apply: (draft, site) => (writeVetFlags(draft, site) ? [draft] : []),
};

/** Gives false where the earlier list is not known. */
export function writeVetFlags(draft: Draft, site: ProofSite): boolean {
  if (draft.kind !== "vet") return true;
  const { before } = site;
  const given = before.verb === "test" ? testFlagsOf(before, site) : vetWordsOf(before);
  if (given === null) return false;
  const isPlain = before.flag("-vettool") === null;
  // A package of the standard library, of which more is checked (work/exec.go vet, Go 1.21–1.27).
  const words =
    site.module === null && isPlain && !given.isExplicit
      ? ["-unsafeptr=false", ...(before.verb === "test" ? ["-unreachable=false"] : [])]
      : given.words;
  draft.set("vetflags", `vetflags ${quoteList(words.map(bytes))}\n`);
  return true;
}

interface Given {
  readonly words: readonly string[];
  /** The user named some, so that Go adds none of its own. */
  readonly isExplicit: boolean;
}

/** Known to the vet tool as well, which ignores them (go/analysis/internal/analysisflags). */
const shared = new Set(["tags", "v"]);

/** Words as typed, behind those of GOFLAGS; from Go 1.26 on `-json`, since go prints the findings (vet/vet.go, vetflag.go). */
function vetWordsOf(values: OutsideValues): Given {
  const typed = typedWords(values.words);
  const inherited = (splitQuotedWords(values.env("GOFLAGS")) ?? [])
    .filter((word) => isForTool(nameOf(word)) && !typed.some((other) => nameOf(other) === nameOf(word)))
    .map((word) =>
      word.includes("=") ? `-${nameOf(word)}${word.slice(word.indexOf("="))}` : `-${nameOf(word)}=true`,
    )
    .sort();
  const words = [...inherited, ...typed];
  const isExplicit = words.length > 0;
  const isJson = values.flag("-json") !== null;
  if (values.release >= 26 && !isJson) {
    if (values.flag("-fix") === null) words.push("-json");
    else words.push("-fix", ...(values.flag("-diff") === null ? [] : ["-diff"]));
  }
  return { words, isExplicit };
}

/** Flags of the tool among the words of a command: those that go does not know itself, and those that both know. */
function typedWords(words: readonly string[]): readonly string[] {
  const { flagWords, packages, insertAt } = parseGoWords(words, null);
  const found: string[] = [];
  for (let at = insertAt; at < words.length - packages.length; at++) {
    const flag = flagWords.find(({ index }) => index === at);
    const taken = words.slice(at, at + (flag?.count ?? 1));
    if (words[at] !== "--" && isForTool(flag?.name ?? nameOf(words[at] ?? ""))) found.push(...taken);
    at += taken.length - 1;
  }
  return found;
}

function isForTool(name: string): boolean {
  return shared.has(name) || !(isBuildFlag(name) || isTestFlag(name) || name === "vettool" || name === "c");
}

/** `--printf=false` → `printf`. */
function nameOf(word: string): string {
  return word.replace(/^--?/, "").replace(/=.*$/s, "");
}

/** The list of -vet, else go test's own, which stands in the source of Go (test/test.go defaultVetFlags). */
function testFlagsOf(values: OutsideValues, site: ProofSite): Given | null {
  const value = values.flag("-vet");
  if (value === "all") return { words: [], isExplicit: true };
  if (value !== null && value !== "") {
    return { words: value.split(",").map((name) => `-${name}`), isExplicit: true };
  }
  const source = site.disk.readFile(`${values.goroot}/src/cmd/go/internal/test/test.go`);
  const body = /var defaultVetFlags = \[\]string\{([\s\S]*?)\n\}/.exec(source ?? "")?.[1];
  if (body === undefined) return null;
  return { words: [...body.matchAll(/^\s*"(.*)",/gm)].map(([, word = ""]) => word), isExplicit: false };
}
