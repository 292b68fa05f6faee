import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { textOf } from "../../src/util/go-quote.ts";
import { explainFixture, readFixture } from "../scenarios/fixture.ts";

const path = join(import.meta.dirname, "../../docs/how-it-works.md");

/** Roots whose proofs the document shows: a title, what the earlier value was and where it is known from. */
const shown: readonly { title: string; fixture: string; key: string; source: string }[] = [
  {
    title: "A file was edited",
    fixture: "file-edited",
    key: "build example.com/m/internal/errors",
    source:
      "the digest of errors.go that the earlier run's record has (`sha256sum errors.go`, its first 15 bytes in base64url)",
  },
  {
    title: "CGO_CFLAGS changed",
    fixture: "env-cgo-cflags",
    key: "build example.com/m/internal/native",
    source:
      "`go env CGO_CFLAGS` of the earlier run, split into words; it stands before the package's own flags, of which there are none",
  },
  {
    title: "The checkout moved",
    fixture: "directory-moved",
    key: "build example.com/m/internal/set",
    source: "the earlier directory of the main module",
  },
  {
    title: "-race was added",
    fixture: "flag-race",
    key: "build example.com/m/internal/set",
    source: "the earlier command, which has no -race: nothing is forced on the compiler",
  },
  {
    title: "The go line was raised",
    fixture: "go-directive-changed",
    key: "build example.com/m/internal/set",
    source: "the earlier go.mod",
  },
  {
    title: "A tag was made",
    fixture: "vcs-tag",
    key: "build example.com/m/cmd/tool",
    source:
      "git's answer in the earlier run: no tag at this commit, so the version is counted from nothing, by the commit's time and name",
  },
];

interface Shown {
  readonly text: string;
  readonly script: string;
  readonly digest: string;
}

function proofText({ title, fixture: name, key, source }: (typeof shown)[number]): Shown {
  const explanation = explainFixture(readFixture(`go1.26.8/${name}`));
  const inputs = explanation?.proofs.get(key)?.inputs ?? null;
  const pair = explanation?.comparison?.pairs.get(key);
  if (inputs === null || pair === undefined) throw new Error(`${name}: ${key} is not proven`);
  const then = linesOf(inputs.map((segment) => segment.text).join(""));
  const now = linesOf(
    (explanation?.comparison?.segments("now", pair.now) ?? []).map((segment) => segment.text).join(""),
  );
  const digest = pair.before?.digest ?? "";
  const put = then.filter((line) => !now.includes(line));
  const taken = now.filter((line) => !then.includes(line));
  const [salt = "", ...rest] = splitSalt(then);
  const script = [
    "{",
    `printf '%s' ${quoted(salt)}`,
    "printf '%s\\n' \\",
    `${rest.map((line) => `  ${quoted(line)}`).join(" \\\n")}`,
    "} | sha256sum",
  ].join("\n");
  const short = (line: string): string => `\`${changedPart(line, put, taken)}\``;
  const text = [
    `### ${title}`,
    "",
    `\`${key}\` in the scenario ${name}. From ${source}.`,
    "",
    `Now: ${taken.map(short).join(", ") || "no such line"}. Then: ${put.map(short).join(", ") || "no such line"}.`,
    "",
    "```sh",
    script,
    `# ${digest}`,
    "```",
  ].join("\n");
  return { text, script, digest };
}

/** Of a long line only the words that differ. */
function changedPart(line: string, put: readonly string[], taken: readonly string[]): string {
  if (line.length < 120) return line;
  const other =
    (put.includes(line) ? taken : put).find((each) => each.slice(0, 8) === line.slice(0, 8)) ?? "";
  const entries = line.split(/(?<=\\n)/);
  const rest = new Set(other.split(/(?<=\\n)/));
  return entries
    .filter((entry) => !rest.has(entry))
    .join(" ")
    .replaceAll("\\t", " ")
    .replaceAll("\\n", "");
}

function linesOf(bytes: string): readonly string[] {
  return textOf(bytes).replace(/\n$/, "").split("\n");
}

/** The salt has no line end: it stands before `compile`. */
function splitSalt(lines: readonly string[]): readonly string[] {
  const [first = "", ...rest] = lines;
  const salt = first.replace(/(compile|link)$/, "");
  return [salt, first.slice(salt.length), ...rest];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const proofs = shown.map(proofText);

describe("docs/how-it-works.md", () => {
  it("has the proofs as they come out", async () => {
    const document = readFileSync(path, "utf8");
    const body = proofs.map(({ text }) => text).join("\n\n");
    const made = document.replace(
      /(<!-- proofs: .*? -->\n)[\s\S]*?(<!-- end of proofs -->)/,
      (_all, head: string, tail: string) => `${head}\n${body}\n\n${tail}`,
    );
    await expect(made).toMatchFileSnapshot(path);
  });

  it.each(shown.map(({ title }, index) => ({ title, index })))(
    "gives the earlier key: $title",
    ({ index }) => {
      const document = readFileSync(path, "utf8");
      const scripts = [...document.matchAll(/```sh\n(\{\n[\s\S]*?sha256sum)\n# ([0-9a-f]{64})\n```/g)];
      const [, script = "", digest] = scripts[index] ?? [];
      expect(digest).toBe(proofs[index]?.digest);
      const printed = execFileSync("sh", ["-c", script], { encoding: "utf8" });
      expect(printed.slice(0, 64)).toBe(digest);
    },
  );
});
