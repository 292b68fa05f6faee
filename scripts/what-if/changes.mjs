// Changes between two runs, what is supposed of each, and which of it a real build has to confirm: for scripts/check-what-if.mjs and for
// the end-to-end test. A place (`Place`) is a checkout with a command that builds it.
import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {object} Place
 * @property {string} checkout absolute; a change may move it
 * @property {readonly string[]} words of the build: `build -o bin/ ./...`
 * @property {Readonly<Record<string, string>>} env
 * @property {string} edit a Go file below the checkout that programs depend on
 */

/**
 * @typedef {object} Change
 * @property {string} name
 * @property {(place: Place) => Place} [before] the place in the earlier run
 * @property {(place: Place) => Place} now makes the change, and gives the place of the later run
 * @property {readonly (readonly string[])[]} suppose words of `what-if`, each list on its own
 */

const flags = "-O2 -g -DOTHER";
const git = ["-c", "user.name=a", "-c", "user.email=a@example.com"];

/** @param {Place} place @param {...string} words */
function runGit(place, ...words) {
  execFileSync("git", [...git, ...words], { cwd: place.checkout, env: place.env, stdio: "pipe" });
}

/** @param {Place} place @returns {Place} */
function moved(place) {
  const checkout = `${place.checkout}-moved`;
  renameSync(place.checkout, checkout);
  return { ...place, checkout };
}

/** @param {Place} place @param {string} text @returns {Place} */
function appended(place, text) {
  appendFileSync(join(place.checkout, place.edit), text);
  return place;
}

/** @param {Place} place @param {Record<string, string>} more @returns {Place} */
const withEnv = (place, more) => ({ ...place, env: { ...place.env, ...more } });

/** @param {Place} place @param {string} flag @returns {Place} */
const withFlag = (place, flag) => ({
  ...place,
  words: [place.words[0] ?? "build", flag, ...place.words.slice(1)],
});

/** A comment at the top moves all lines: the package comes out otherwise, its dependents don't see it. @param {Place} place */
function commented(place) {
  const path = join(place.checkout, place.edit);
  writeFileSync(path, `// Another comment.\n${readFileSync(path, "utf8")}`);
  return place;
}

/** @param {string} edit @returns {readonly Change[]} */
export const changesOf = (edit) => [
  { name: "checkout moved", now: moved, suppose: [["--same-dir"], ["--trimpath"]] },
  {
    name: "`-race` added",
    now: (place) => withFlag(place, "-race"),
    suppose: [["--without-flag", "-race"]],
  },
  {
    name: "`-race` taken away, in a cache that only a build with it filled",
    before: (place) => withFlag(place, "-race"),
    now: (place) => ({ ...place, words: place.words.filter((word) => word !== "-race") }),
    suppose: [["--without-flag", "-race"]],
  },
  {
    name: "`CGO_CFLAGS` changed",
    before: (place) => withEnv(place, { CGO_CFLAGS: "-O2 -g" }),
    now: (place) => withEnv(place, { CGO_CFLAGS: flags }),
    suppose: [
      ["--set", "CGO_CFLAGS=-O2 -g"],
      ["--without-cause", "env-changed:CGO_CFLAGS"],
    ],
  },
  {
    name: "a commit (VCS stamp)",
    before: (place) => {
      runGit(place, "init", "-q");
      runGit(place, "add", ".");
      runGit(place, "commit", "-qm", "one");
      return withEnv(place, { GOFLAGS: "" });
    },
    now: (place) => {
      runGit(place, "commit", "-qm", "two", "--allow-empty");
      return place;
    },
    suppose: [["--no-vcs"]],
  },
  {
    name: "a comment",
    now: commented,
    suppose: [["--without-cause", "file-edited"], ["--trimpath"]],
  },
  {
    name: "an exported function added",
    now: (place) => appended(place, "\n// Added is new.\nfunc Added() int { return 1 }\n"),
    suppose: [["--without-cause", `file-edited:${edit}`]],
  },
  {
    name: "two at once: an exported function and `CGO_CFLAGS`",
    before: (place) => withEnv(place, { CGO_CFLAGS: "-O2 -g" }),
    now: (place) =>
      withEnv(appended(place, "\n// Added is new.\nfunc Added() int { return 1 }\n"), { CGO_CFLAGS: flags }),
    suppose: [
      ["--without-cause", "file-edited"],
      ["--set", "CGO_CFLAGS=-O2 -g"],
      ["--without-cause", "file-edited", "--set", "CGO_CFLAGS=-O2 -g"],
    ],
  },
];

/**
 * Where a prediction and the real build disagree: a bound may be undercut, all else has to be exact.
 * @param {{ wouldMiss: number, evidence: { kind: string }, verified: { missed: number, otherwise: readonly unknown[] } | null, warnings: readonly { message: string }[] }} told
 * @returns {string | null}
 */
export function disagreement(told) {
  const { wouldMiss, evidence, verified } = told;
  if (verified === null) return `not built: ${told.warnings.map(({ message }) => message).join("; ")}`;
  if (evidence.kind === "at-most" ? verified.missed <= wouldMiss : verified.missed === wouldMiss) return null;
  return `${wouldMiss} predicted (${evidence.kind}), ${verified.missed} really missed`;
}

/** A small module with cgo: its `#cgo` line names a folder by its whole path, and it has two programs. */
export const smallModule = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "lib/lib.go": 'package lib\n\n// Name is one.\nfunc Name() string { return "lib" }\n',
  "other/other.go":
    'package other\n\nimport "example.com/m/lib"\n\n// Twice is two.\nfunc Twice() string { return lib.Name() + lib.Name() }\n',
  "native/native.go":
    // biome-ignore lint/suspicious/noTemplateCurlyInString: cgo's own placeholder.
    'package native\n\n// #cgo CFLAGS: -I${SRCDIR}/include\n// #include "native.h"\nimport "C"\n\n// Three is three.\nfunc Three() int { return int(C.three()) }\n',
  "native/include/native.h": "static inline int three(void) { return 3; }\n",
  "cmd/one/main.go":
    'package main\n\nimport (\n\t"example.com/m/native"\n\t"example.com/m/other"\n)\n\nfunc main() { println(other.Twice(), native.Three()) }\n',
  "cmd/two/main.go": 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.Name()) }\n',
};
