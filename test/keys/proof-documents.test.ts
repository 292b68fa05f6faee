import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { keyRules } from "../../src/keys/rules.ts";
import { type Digest, shortId } from "../../src/model/ids.ts";
import type { Segment } from "../../src/model/segments.ts";
import { textOf } from "../../src/util/go-quote.ts";
import { explainFixture, outsideOfFixture, readFixture, readObject } from "../scenarios/fixture.ts";
import { firstProofs, type ShownProof, shownProofs } from "./shown-proofs.ts";

const docs = join(import.meta.dirname, "../../docs");
const howItWorks = join(docs, "how-it-works.md");
const allProofs = join(docs, "proofs.md");
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A block as shell text, what it hashes to, and where the document has it. */
interface WrittenBlock {
  readonly text: string;
  readonly digest: string;
}

/** One proof as the document tells it. */
interface WrittenProof extends WrittenBlock {
  readonly shown: ShownProof;
  /** The regenerated lines. */
  readonly block: string;
  /** What the commands print that give the earlier value; null where there are none. */
  readonly printed: string | null;
}

const explained = new Map<string, NonNullable<ReturnType<typeof explainFixture>>>();

function explanationOf(fixture: string): NonNullable<ReturnType<typeof explainFixture>> {
  const known = explained.get(fixture) ?? explainFixture(readFixture(`go1.26.8/${fixture}`));
  if (known === null) throw new Error(`${fixture}: it has no baseline`);
  explained.set(fixture, known);
  return known;
}

function writeProof(shown: ShownProof): WrittenProof {
  const { fixture, key } = shown;
  const explanation = explanationOf(fixture);
  const inputs = explanation.proofs.get(key)?.inputs ?? null;
  const pair = explanation.comparison?.pairs.get(key);
  if (inputs === null || pair === undefined) throw new Error(`${fixture}: ${key} is not proven`);
  const now = explanation.comparison?.segments("now", pair.now) ?? [];
  const then = linesOf(inputs);
  const digest = pair.before?.digest ?? "";
  const printed = shown.byHand === undefined ? null : printedBy(shown, shown.byHand);
  const text = [
    `### ${shown.title}`,
    "",
    `\`${key}\` in the scenario ${fixture}. Changed: ${shown.changed}`,
    "",
    `The earlier value: ${shown.source}.`,
    ...(shown.byHand === undefined ? [] : ["", ...fenced([shown.byHand, ...comments(printed ?? "")])]),
    ...(shown.there === undefined
      ? []
      : ["", "Where the earlier run took place:", "", ...fenced([shown.there])]),
    "",
    ...differences(linesOf(now), then),
    "",
    ...fenced([scriptOf(then), `# ${digest}`]),
  ].join("\n");
  return { shown, text, digest, block: then.join("\n"), printed };
}

function fenced(lines: readonly string[]): readonly string[] {
  return ["```sh", ...lines, "```"];
}

function comments(text: string): readonly string[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.map((line) => (line === "" ? "# (an empty line)" : `# ${line}`));
}

/** Runs commands in the sources of the earlier run. */
function printedBy(shown: ShownProof, commands: string): string {
  const { before } = readFixture(`go1.26.8/${shown.fixture}`);
  const folder = mkdtempSync(join(tmpdir(), "gocache-why-test-"));
  folders.push(folder);
  const sources: Record<string, string> = JSON.parse(readObject(before?.sources ?? "").toString());
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, "latin1");
  }
  const git =
    shown.needs === "git" ? { TIME: `${before?.git?.time}`, REVISION: before?.git?.revision ?? "" } : {};
  const env = { PATH: process.env.PATH, HOME: folder, GOCACHE: join(folder, "cache"), ...git };
  return execFileSync("sh", ["-ec", commands], { cwd: folder, env, encoding: "utf8" });
}

/** Lines of now that the earlier key had not, and the other way round; of long ones only what differs. */
function differences(now: readonly string[], then: readonly string[]): readonly string[] {
  const put = then.filter((line) => !now.includes(line));
  const taken = now.filter((line) => !then.includes(line));
  const list = (title: string, lines: readonly string[], others: readonly string[]): readonly string[] => {
    const shownLines = lines.slice(0, 6).map((line) => `- \`${changedPart(line, others)}\``);
    const more = lines.length > 6 ? [`- and ${lines.length - 6} more, as below`] : [];
    return lines.length === 0 ? [`${title} no such line.`] : [title, "", ...shownLines, ...more];
  };
  return [...list("Now:", taken, put), "", ...list("Then:", put, taken)];
}

function changedPart(line: string, others: readonly string[]): string {
  if (line.length < 120) return line;
  const other = others.find((each) => each.slice(0, 8) === line.slice(0, 8)) ?? "";
  const rest = new Set(other.split(/(?<=\\n)/));
  return line
    .split(/(?<=\\n)/)
    .filter((entry) => !rest.has(entry))
    .join(" ")
    .replaceAll("\\t", " ")
    .replaceAll("\\n", "");
}

function linesOf(segments: readonly Segment[]): readonly string[] {
  const bytes = segments.map((segment) => segment.text).join("");
  return textOf(bytes).replace(/\n$/, "").split("\n");
}

/** The salt has no line end: it stands before `compile`, `link` or `vet "…"`. */
function scriptOf(lines: readonly string[]): string {
  const [first = "", ...rest] = lines;
  const salt = first.replace(/(compile|link|vet ".*")$/, "");
  return [
    "{",
    `printf '%s' ${quoted(salt)}`,
    "printf '%s\\n' \\",
    [first.slice(salt.length), ...rest].map((line) => `  ${quoted(line)}`).join(" \\\n"),
    "} | sha256sum",
  ].join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** An action's key with one of two edits put back, which is a key that the cache held: that edit is to blame. */
function writeBlame(): WrittenBlock & { readonly innocent: string; readonly fixture: string } {
  const fixture = "outside-build-same-package";
  const key = "build example.com/m/internal/core";
  const { comparison } = explanationOf(fixture);
  const inputs = comparison?.inputs(key) ?? null;
  const before = inputs?.before.get("file size.go")?.text;
  if (inputs === null || before === undefined) throw new Error(`${fixture}: ${key} has another shape`);
  const then = linesOf(
    inputs.nowOrder.map((segment) =>
      segment.input === "file size.go" ? { ...segment, text: before } : segment,
    ),
  );
  const script = scriptOf(then);
  const digest = execFileSync("sh", ["-c", script], { encoding: "utf8" }).slice(0, 64);
  const text = fenced([script, `# ${digest}`]).join("\n");
  return { text, digest, fixture, innocent: inputs.now.get("file core.go")?.text ?? "" };
}

const proofs = shownProofs.map(writeProof);
const blame = writeBlame();

const page = `# Proofs by hand

Made by \`vitest -u test/keys/proof-documents.test.ts\` from testdata/fixtures; the test runs every command on this page that needs nothing but the
files of the scenario, and compares; what stands under "Where the earlier run took place" needs that machine's Go, git or compilers.

A cause is \`proven\` where the earlier key of its roots was made again without the earlier block: from the inputs of now, what the cause
changed as it was before, and the earlier outputs of dependencies. Below is one such proof for each rule in \`src/keys/rules\`. Each block in braces
runs in a shell and prints the key that Go printed in the earlier run, which is in the comment behind it.

How the parts are had:

- **The inputs of now**: \`GODEBUG=gocachehash=1 go build -n …\`, or \`gocache-why inputs PACKAGE\`. The lines of a block, unquoted and joined, hash to its key.
- **A file's digest**, the last word of its \`file\` line: the first 15 bytes of its SHA-256 in base64url.
  \`sha256sum FILE | cut -c1-30 | tr a-f A-F | basenc --base16 -d | basenc --base64url\` (\`basenc\` is in GNU coreutils).
- **A dependency's output**, the last word of its \`import\` and \`packagefile\` lines: what stands behind the last slash of its build ID. The earlier run's
  record has it; a dependency that did not change has the one of now: \`go tool buildid "$(go list -export -f '{{.Export}}' fmt)"\`.
- **The short action ID** that \`go tool buildid\` shows before the first slash, and \`-debug-actiongraph\` as ActionID, is the same form of the key. Of the first
  proof below:

\`\`\`sh
printf %s ${proofs[0]?.digest} | cut -c1-30 | tr a-f A-F | basenc --base16 -d | basenc --base64url
# ${shortId((proofs[0]?.digest ?? "") as Digest)}
\`\`\`

## One for each rule

${proofs.map(({ text }) => text).join("\n\n")}

## Who is to blame

What is to blame is asked of the cache, not of the last record. In the scenario ${blame.fixture} core.go was edited and built outside the tool, then
size.go was edited, and that build was recorded. Two files differ from the last record; the key with the second edit alone put back,
core.go as it is now, is:

${blame.text}

The cache held an entry under that key before the run (\`ls "$(go env GOCACHE)/${blame.digest.slice(0, 2)}/${blame.digest}-a"\`), so the edit of core.go was paid for: the report
names size.go alone.

## What stays \`observed\`

- **Hidden values**: a block with a token in it is not what was hashed.
- **An edited file whose earlier text nobody has** (it was never committed, nor small enough to be kept): its digest is recorded, so an edit of its
  body is proven; an edit that also took \`#cgo\` lines, or changed several imports or a pattern of \`//go:embed\`, is not. So it is with the file that an overlay puts in another's place.
- **The program of -toolexec or -vettool in a log**: what it said is in the record of a run, not in a log.
- **\`#cgo pkg-config\` lines that an edit took away**: pkg-config's earlier answer is recorded nowhere.
- **Test runs**: their inputs are of another form, and are compared value by value.

\`vetout\` lines name what a vet found out about a package, which the cache keeps under that vet's earlier key; trimmed from the cache, they can't be written
again. \`module-graph-changed\` needs no rule of its own: the module list of a program is written anew from the packages below it, whichever cause
brought them.
`;

const firstPart = firstProofs
  .map((shown) => proofs.find((proof) => proof.shown === shown)?.text)
  .join("\n\n");

describe("docs/how-it-works.md", () => {
  it("has the first proofs as they come out", async () => {
    const made = readFileSync(howItWorks, "utf8").replace(
      /(<!-- proofs: .*? -->\n)[\s\S]*?(<!-- end of proofs -->)/,
      (_all, head: string, tail: string) => `${head}\n${firstPart}\n\n${tail}`,
    );
    await expect(made).toMatchFileSnapshot(howItWorks);
  });
});

describe("docs/proofs.md", () => {
  const document = readFileSync(allProofs, { encoding: "utf8", flag: "a+" });
  const scripts = [...document.matchAll(/```sh\n(\{\n[\s\S]*?sha256sum)\n# ([0-9a-f]{64})\n```/g)];

  it("is as it comes out", async () => {
    await expect(page).toMatchFileSnapshot(allProofs);
  });

  it("has a proof for each rule, and of each kind of action", () => {
    const shown = new Set(shownProofs.flatMap(({ rules }) => rules));
    expect([...shown].sort()).toEqual(keyRules.map(({ name }) => name).sort());
    expect(new Set(shownProofs.map(({ key }) => key.split(" ")[0]))).toEqual(
      new Set(["build", "link", "vet"]),
    );
  });

  it.each(proofs.map((proof, at) => ({ title: proof.shown.title, proof, at })))(
    "gives the earlier key: $title",
    ({ proof, at }) => {
      const [, script = "", digest] = scripts[at] ?? [];
      expect(digest).toBe(proof.digest);
      expect(execFileSync("sh", ["-c", script], { encoding: "utf8" }).slice(0, 64)).toBe(digest);
      expect(script.split("\n").length).toBeLessThanOrEqual(65);
      const action = explanationOf(proof.shown.fixture).comparison?.pairs.get(proof.shown.key)?.before;
      expect(shortId(proof.digest as Digest)).toBe(action?.id);
    },
  );

  it.each(
    proofs.filter(({ printed }) => printed !== null).map((proof) => ({ title: proof.shown.title, proof })),
  )("gives the earlier value: $title", ({ proof: { shown, printed, block } }) => {
    const words = (printed ?? "").split(/\s+/).filter((word) => word !== "");
    if (shown.prints === "key") {
      const { outputOf } = outsideOfFixture(readFixture(`go1.26.8/${shown.fixture}`));
      expect(block).toContain(outputOf?.((words[0] ?? "") as Digest) ?? "no entry");
      return;
    }
    const expected = shown.prints === "other" ? words.filter((word) => /^[\w-]{20}$/.test(word)) : words;
    for (const word of expected) expect(block).toContain(word);
  });

  it("tells how the short ID follows", () => {
    const [, command = "", id] = /```sh\n(printf %s .*)\n# (\S{20})\n/.exec(document) ?? [];
    const [first] = proofs;
    expect(execFileSync("sh", ["-c", command], { encoding: "utf8" }).trim()).toBe(id);
    const pair = explanationOf(first?.shown.fixture ?? "").comparison?.pairs.get(first?.shown.key ?? "");
    expect(pair?.before?.id).toBe(id);
  });

  it("shows a key that the cache held before the run", () => {
    const [, script = "", digest] = scripts[proofs.length] ?? [];
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" }).slice(0, 64)).toBe(digest);
    const fixture = readFixture(`go1.26.8/${blame.fixture}`);
    expect(outsideOfFixture(fixture).heldBefore((digest ?? "") as Digest)).not.toBeNull();
    // Neither the earlier key nor the present one: a third, which only a build outside the tool can have stored.
    const pair = explanationOf(blame.fixture).comparison?.pairs.get("build example.com/m/internal/core");
    expect([pair?.before?.digest, pair?.now.digest]).not.toContain(digest);
    expect(script).toContain(blame.innocent.trim());
    expect([...explanationOf(blame.fixture).causes.keys()]).toEqual(["file-edited internal/core/size.go"]);
  });
});
