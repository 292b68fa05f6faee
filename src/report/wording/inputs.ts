import { packageName } from "./names.ts";
import { changeText, valueText, visibleText } from "./values.ts";

/** The parts in which people look for an input, in the order in which they are listed. */
export const inputGroups = ["files", "packages", "settings", "flags", "build info", "other"] as const;
export type InputGroup = (typeof inputGroups)[number];

/** Where an input is listed. */
export function inputGroup(input: string): InputGroup {
  if (/^(file|pgofile)\b/.test(input)) return "files";
  if (/^(import|packagefile|packageshlib|packagemain|vetout|vetted package)\b/.test(input)) return "packages";
  if (/^modinfo /.test(input)) return "build info";
  if (/flags|^trimpath$|buildmode|^cover |^omitdebug$|^fuzz$/.test(input)) return "flags";
  if (
    /^(salt|dir|goos|goarch|go line|arch level .*|GO\w+|C[A-Z]+( id( error)?)?|CGO_\w+|FC.*|magic .*|defaultgodebug|module .*)$/.test(
      input,
    )
  ) {
    return "settings";
  }
  return "other";
}

/** An input in the words of people: `errors.go`, `output of internal/errors`, `Go`, `CGO_CFLAGS`, `vcs.revision`. */
export function inputName(input: string, module: string | null): string {
  const named =
    /^(file|import|packagefile|modinfo build|modinfo dep|modinfo replace|arch level|magic) (.*)$/s.exec(
      input,
    );
  const [, kind, rest = ""] = named ?? [];
  const name = visibleText(kind === "import" || kind === "packagefile" ? packageName(rest, module) : rest);
  switch (kind) {
    case "file":
    case "arch level":
    case "magic":
      return name;
    case "import":
    case "packagefile":
      return `output of ${name}`;
    case "modinfo build":
      return `${name} in the build info`;
    case "modinfo dep":
      return `${name} in the module list`;
    case "modinfo replace":
      return `replacement of ${name} in the module list`;
  }
  return names[input] ?? visibleText(input);
}

const names: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  salt: "Go",
  dir: "directory",
  goos: "GOOS",
  goarch: "GOARCH",
  form: "kind of work",
  "go line": "go line of go.mod",
  "CC id": "C compiler behind CC",
  "CXX id": "C++ compiler behind CXX",
  "FC id": "Fortran compiler behind FC",
  packagemain: "build of the main package",
  "vetted package": "build of the vetted package",
  defaultgodebug: "GODEBUG defaults",
  pgofile: "PGO profile",
  "compile flags": "-gcflags",
  "compile flags (mode)": "compiler flags of -race, …",
  "asm flags": "-asmflags",
  "asm flags (mode)": "assembler flags of -race, …",
  "link flags (mode)": "linker flags of -race, …",
  linkflags: "-ldflags",
  trimpath: "-trimpath",
  vetflags: "vet flags",
  "link buildmode": "build mode of the link",
  "modinfo path": "main package in the build info",
  "modinfo mod path": "main module in the build info",
  "modinfo mod version": "main module's version in the build info",
  "modinfo mod sum": "main module's checksum in the build info",
});

/** What changed in an input, in words: `errors.go changed`, `CGO_CFLAGS changed: -O2 → -O3`, `b.go is new`. */
export function inputChangeText(
  change: { readonly input: string; readonly before: string | null; readonly now: string | null },
  module: string | null,
): string {
  const name = inputName(change.input, module);
  // Ids of outputs and files say nothing to people; JSON has them.
  const isOutput = inputGroup(change.input) === "packages" || change.input.startsWith("file ");
  if (change.before === null && change.now !== null) {
    return isOutput || change.now === "" ? `${name} is new` : `${name} is new: ${valueText(change.now)}`;
  }
  if (change.before !== null && change.now === null) {
    return isOutput || change.before === ""
      ? `${name} is gone`
      : `${name} is gone: ${valueText(change.before)}`;
  }
  const values = isOutput ? "" : changeText(change.before, change.now);
  return values === "" ? `${name} changed` : `${name} changed: ${values}`;
}
