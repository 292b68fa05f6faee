import type { Checkup } from "../checkup.ts";
import type { GoUse } from "../go-use.ts";
import type { Job } from "../pipeline.ts";
import type { MakeTarget } from "../read/makefile.ts";
import type { ShellCommand } from "../read/shell.ts";

/** Flags that make other compiled packages (go help build; -ldflags only changes links). */
const compileFlags =
  "-race -msan -asan -cover -covermode -coverpkg -tags -trimpath -gcflags -asmflags -buildmode -pgo -toolexec -installsuffix".split(
    " ",
  );
const compileVariables =
  "CGO_ENABLED GOOS GOARCH GOAMD64 GOARM GOARM64 GO386 GOMIPS GOEXPERIMENT CGO_CFLAGS CGO_CPPFLAGS CC".split(
    " ",
  );

export const buildVerbs = new Set(["build", "install", "test", "vet", "run"]);

/** What a go command compiles with, in a few words: `-race`, `CGO_ENABLED=0 -tags=netgo`; `no flags` for none. Null where it can't be told. */
export function settingsOf(use: GoUse): string | null {
  if (!use.isKnown) return null;
  const words: string[] = [];
  for (const name of compileVariables) {
    const value = use.variables.get(name);
    if (value === undefined || value.text === "") continue;
    if (!value.isKnown) return null;
    words.push(`${name}=${value.text}`);
  }
  for (const { name, value } of use.command.flags) {
    if (name === "-coverprofile" && !use.command.flags.some((flag) => flag.name === "-cover"))
      words.push("-cover");
    if (compileFlags.includes(name)) words.push(value === "true" ? name : `${name}=${value}`);
  }
  return words.length === 0 ? "no flags" : [...new Set(words)].join(" ");
}

/** What a job builds with. */
export interface JobSettings {
  readonly settings: ReadonlySet<string>;
  /** Nothing of the job is unknown: it builds with these settings and no others. */
  readonly isWhole: boolean;
  readonly uses: readonly GoUse[];
}

/** Also of the targets of make that it runs. */
export function jobSettings(job: Job, { makefiles }: Pick<Checkup, "makefiles">): JobSettings {
  const uses = [...job.uses];
  let isWhole = job.actions.every(({ name }) => isHarmlessAction(name));
  const commands: ShellCommand[] = [...job.commands];
  const made = new Set<MakeTarget>();
  for (let at = 0; at < commands.length; at++) {
    const command = commands[at];
    const name = command?.words[0]?.text ?? "";
    if (command === undefined || !/^g?make$/.test(name)) continue;
    const targets = targetsOf(command, makefiles);
    if (targets === null) isWhole = false;
    for (const target of targets ?? []) {
      if (made.has(target)) continue;
      made.add(target);
      uses.push(...target.uses);
      commands.push(...target.commands);
    }
  }
  isWhole &&= commands.every(isHarmless);
  const settings = new Set<string>();
  for (const use of uses) {
    if (use.command.verb === null || !buildVerbs.has(use.command.verb)) continue;
    // A tool of another module, `go install x@v1`, has packages of its own.
    if (use.command.packages.length > 0 && use.command.packages.every((pattern) => pattern.includes("@")))
      continue;
    const found = settingsOf(use);
    if (found === null) isWhole = false;
    else settings.add(found);
  }
  return { settings, isWhole, uses };
}

/** The targets that a make command runs, with their prerequisites; null where the Makefile does not tell. */
function targetsOf(command: ShellCommand, makefiles: Checkup["makefiles"]): readonly MakeTarget[] | null {
  const words = command.words.slice(1);
  if (words.some((word) => !word.isKnown || /^-[CfI]|^--(?:file|directory)/.test(word.text))) return null;
  const [makefile] = makefiles.filter(({ file }) => /^(?:GNUm|m|M)akefile$/.test(file));
  if (makefile === undefined || command.directory !== ".") return null;
  const names = words.map((word) => word.text).filter((word) => !word.startsWith("-") && !word.includes("="));
  // A variable on the command line stands above those of the file.
  if (words.some((word) => word.text.includes("="))) return null;
  const wanted =
    names.length > 0 ? names : [makefile.targets.find(({ name }) => !name.startsWith("."))?.name ?? ""];
  const found = new Set<MakeTarget>();
  const add = (name: string): boolean => {
    const targets = makefile.targets.filter((target) => target.name === name);
    for (const target of targets) {
      if (found.has(target)) continue;
      found.add(target);
      target.prerequisites.forEach(add);
    }
    return targets.length > 0;
  };
  return wanted.every(add) ? [...found] : null;
}

/** Programs that compile no Go. What is not here may. */
const harmless = new Set(
  (
    ": [ [[ true false echo printf cd pwd ls cat head tail tee cp mv rm mkdir rmdir touch chmod chown ln find grep egrep sed awk tr cut sort uniq wc " +
    "diff cmp test exit set unset export shift read sleep date env which type command git curl wget tar gzip unzip zip jq yq apt apt-get apk yum dnf brew " +
    "npm npx yarn pnpm node python python3 pip pip3 gofmt goimports gofumpt docker sudo source . eval pushd popd uname id whoami df du free nproc " +
    "go gotestsum make gmake trap return exec kill wait sha256sum md5sum base64 openssl ssh scp rsync gh codecov pre-commit shellcheck yamllint " +
    "markdownlint prettier hadolint actionlint dirname basename realpath readlink mktemp xargs time timeout seq expr let local declare readonly"
  ).split(" "),
);

function isHarmless(command: ShellCommand): boolean {
  const [name] = command.words;
  if (name === undefined) return true;
  const base = name.text.slice(name.text.lastIndexOf("/") + 1);
  if (name.isKnown && /^go\d/.test(base)) return true;
  return (
    name.isKnown &&
    harmless.has(base) &&
    !(/^(?:npm|yarn|pnpm|docker|python3?|node|source|\.|eval)$/.test(base) && command.words.length > 2)
  );
}

function isHarmlessAction(name: string): boolean {
  return /^(?:actions\/(?:checkout|setup-[\w-]+|upload-artifact|download-artifact|cache(?:\/\w+)?|labeler|stale|github-script)|codecov\/|coverallsapp\/|step-security\/harden-runner|dorny\/paths-filter|tj-actions\/changed-files|golangci\/golangci-lint-action|docker\/(?:login|setup-buildx|setup-qemu|metadata)-action)/.test(
    name,
  );
}

/** golangci-lint compiles what it loads, without flags of its own. */
export function isLinter(job: Job): boolean {
  const named = job.actions.some(({ name }) => /golangci-lint/.test(name));
  return named || job.commands.some((command) => /(?:^|\/)golangci-lint$/.test(command.words[0]?.text ?? ""));
}
