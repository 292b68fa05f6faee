import { buildCommand, root } from "./sandbox.mjs";

/**
 * @typedef {object} Kind one transcript
 * @property {string} name of its file, without `.md`
 * @property {string} title
 * @property {string} what was changed, one sentence
 * @property {string} [change] shell commands, run in the checkout
 * @property {string} [command] the go command, with variables in front, where it is not the usual one
 * @property {string} [directory] where the go command runs, where not in the usual checkout
 * @property {string[]} causes what has to be named: `code subject`, in any order
 * @property {boolean} [slow]
 */

const usual = buildCommand;
const edit = "sed -i 's/const idLen = 9/const idLen = 10/' modules/caddyhttp/errors.go";
const flagged = (/** @type {string} */ flag) => usual.replace("go build", `go build ${flag}`);
const errorsEdited = "file-edited modules/caddyhttp/errors.go";

/** @type {Kind[]} */
export const kinds = [
  {
    name: "01-function-edited",
    title: "A function body was edited",
    what: "One constant in the body of a function of `modules/caddyhttp` was changed.",
    change: edit,
    causes: [errorsEdited],
  },
  {
    name: "02-comment-added",
    title: "A comment was added",
    what: "A comment was added at the end of a file of caddy's root package, which nearly everything of caddy imports.",
    change: "echo '// See also caddyconfig.' >> filepath.go",
    causes: ["file-edited filepath.go"],
  },
  {
    name: "03-cgo-cflags",
    title: "CGO_CFLAGS was set",
    what: "`CGO_CFLAGS` was set in the environment.",
    command: `CGO_CFLAGS='-O1 -g' ${usual}`,
    causes: ["env-changed CGO_CFLAGS"],
  },
  {
    name: "04-checkout-moved",
    title: "The checkout was moved",
    what: "The checkout was moved to another directory.",
    change: `mv ${root}/caddy ${root}/caddy-moved\ncd ${root}/caddy-moved`,
    directory: `${root}/caddy-moved`,
    causes: ["directory-moved github.com/caddyserver/caddy/v2"],
  },
  {
    name: "05-commit",
    title: "A commit",
    what: "An empty commit was made.",
    change: "git commit -q --allow-empty -m 'Nothing new'",
    causes: ["vcs-stamp-changed vcs"],
  },
  {
    name: "06-tags",
    title: "-tags was added",
    what: "A build tag was set that leaves caddy's Badger storage out.",
    command: flagged("-tags nobadger"),
    causes: ["flag-changed -tags"],
  },
  {
    name: "07-ldflags",
    title: "-ldflags was added",
    what: "A version was stamped in with `-ldflags -X`.",
    command: flagged('-ldflags="-X github.com/caddyserver/caddy/v2.CustomVersion=v2.11.9-test"'),
    causes: ["flag-changed -ldflags"],
  },
  {
    name: "08-race",
    title: "-race was added",
    what: "The race detector was switched on.",
    command: flagged("-race"),
    causes: ["flag-changed -race"],
    slow: true,
  },
  {
    name: "09-dependency-bumped",
    title: "A dependency was bumped",
    what: "A module that caddy requires was bumped by one patch version.",
    change: "go get github.com/yuin/goldmark@v1.8.7",
    causes: ["module-version-changed github.com/yuin/goldmark"],
  },
  {
    name: "10-two-changes",
    title: "Two changes at once",
    what: "The edit of transcript 01 and the variable of transcript 03, at once.",
    change: edit,
    command: `CGO_CFLAGS='-O1 -g' ${usual}`,
    causes: [errorsEdited, "env-changed CGO_CFLAGS"],
  },
  {
    name: "11-entry-missing",
    title: "One package's entries were deleted",
    what: "What the cache had for one package was deleted from it: the object and the index entries that name it.",
    change: `object=$(go list -export -f '{{.Export}}' ./modules/caddyhttp)
grep -rl --include='*-a' "$(basename $object -d)" "$(go env GOCACHE)" | xargs rm $object`,
    causes: ["cache-entry-missing GOCACHE"],
  },
  {
    name: "12-object-missing",
    title: "One package's object was deleted",
    what: "The compiled object of one package was deleted from the cache; the index entry that names it was left.",
    change: "rm $(go list -export -f '{{.Export}}' ./modules/caddyhttp)",
    causes: ["cache-entry-damaged GOCACHE"],
  },
  {
    name: "13-edit-undone",
    title: "An edit was undone",
    what: "The edit of transcript 01 was built, then undone: the cache has the packages of before, nothing has the program.",
    change: `${edit}\ngocache-why --quiet ${usual}\ngit checkout -q modules/caddyhttp/errors.go`,
    causes: [errorsEdited],
  },
  {
    name: "14-nothing",
    title: "Nothing was changed",
    what: "Nothing was changed.",
    causes: [],
  },
];
