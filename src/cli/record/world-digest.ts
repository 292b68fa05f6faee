import { createHmac } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { readHead } from "../../go/git-head.ts";
import type { GoCommand } from "../../model/go-command.ts";
import type { Ground } from "./ground.ts";

/**
 * A keyed digest of all that is recorded of a run apart from its actions: if it is equal and the action graph has the same IDs, the
 * run repeats the earlier one. So that go need not be asked for its settings, what it takes them from is digested: variables,
 * the files of `go env -w` and of GOROOT, the module's files, the go command itself.
 * @returns null where something else could change: files of an overlay, programs in the place of tools, Windows' own variables
 */
export function worldDigest(input: {
  readonly key: Buffer;
  readonly version: string;
  readonly word: string;
  readonly goPath: string;
  readonly command: GoCommand;
  readonly env: Readonly<Record<string, string>>;
  readonly ground: Ground;
}): string | null {
  const { command, env, ground, goPath } = input;
  if (process.platform === "win32" || command.userGraph !== null) return null;
  if (command.flags.some(({ name }) => unknowable.has(name))) return null;
  const texts = [...goFiles(goPath, env), ...moduleFiles(ground)].map((path) => [path, textOf(path)]);
  const world = [
    input.version,
    input.word,
    command.words,
    stateOf(goPath),
    Object.entries(env)
      .filter(([name]) => entersSettings.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    ground,
    readHead(ground.directory),
    texts,
  ];
  return createHmac("sha256", input.key).update(JSON.stringify(world)).digest("base64url");
}

const unknowable = new Set(["-overlay", "-toolexec", "-vettool", "-n"]);

/** Variables that `go env` shows, and those from which it takes its defaults (cfg/cfg.go, envcmd/env.go, Go 1.26). */
const entersSettings = /^(GO|CGO_|XDG_|(HOME|AR|CC|CXX|FC|GCCGO|PKG_CONFIG|TMPDIR)$)/;

function goFiles(goPath: string, env: Readonly<Record<string, string>>): string[] {
  const home = env.HOME ?? "";
  const ofUser =
    env.GOENV ||
    join(
      env.XDG_CONFIG_HOME || (isMac ? `${home}/Library/Application Support` : `${home}/.config`),
      "go/env",
    );
  return [ofUser, join(dirname(dirname(realPath(goPath))), "go.env")];
}

const isMac = process.platform === "darwin";

function moduleFiles({ modules, gomod, gowork }: Ground): string[] {
  const roots = Object.values(modules);
  return [
    ...(gomod === null ? [] : [gomod]),
    ...(gowork === null ? [] : [gowork, `${gowork}.sum`]),
    ...roots.flatMap((root) => ["go.mod", "go.sum", "vendor/modules.txt"].map((name) => join(root, name))),
  ];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Another go in the same place has another size, time or inode. */
function stateOf(path: string): unknown {
  const status = statSync(path, { throwIfNoEntry: false });
  return status === undefined ? null : [status.size, status.mtimeMs, status.ino];
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return null;
  }
}
