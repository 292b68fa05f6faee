import { execFile, spawn } from "node:child_process";
import { accessSync, constants, lstatSync, readdirSync, readFileSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { trimIntervalMs, trimLimitMs } from "./trim-times.ts";

/** Magic numbers of statfs(2) that matter here (linux/magic.h); another file system is an ordinary one. */
const fileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, "nfs"],
  [0x01021994, "tmpfs"],
  [0x794c7630, "overlay"],
  [0xff534d42, "cifs"],
  [0xfe534d42, "smb"],
  [0x01021997, "9p"],
  [0x65735546, "fuse"],
  [0x00c36400, "ceph"],
]);

/** What a GOCACHE directory looks like. Null where there is none. Reads names and times alone, and refreshes nothing. */
export function cachePlace(gocache: string, nowMs: number) {
  const status = statSync(gocache, { throwIfNoEntry: false });
  if (status === undefined) return null;
  const owners = new Set<number>();
  const total = { entries: 0, bytes: 0 };
  const old = { entries: 0, bytes: 0 };
  for (let first = 0; first < 256; first++) {
    const folder = join(gocache, first.toString(16).padStart(2, "0"));
    for (const name of namesIn(folder)) {
      const file = lstatSync(join(folder, name), { throwIfNoEntry: false });
      if (file === undefined) continue;
      owners.add(file.uid);
      total.entries++;
      total.bytes += file.size;
      if (nowMs - file.mtimeMs < trimLimitMs) continue;
      old.entries++;
      old.bytes += file.size;
    }
  }
  const volume = volumeOf(gocache);
  return {
    path: gocache,
    fileSystem: volume === null ? null : (fileSystems.get(volume.type) ?? null),
    freeBytes: volume === null ? null : volume.bavail * volume.bsize,
    isWritable: isWritable(gocache),
    owners: owners.size,
    ...total,
    old,
    isTrimDue: nowMs - trimmedAtMs(gocache) > trimIntervalMs,
  };
}

function volumeOf(path: string): { type: number; bavail: number; bsize: number } | null {
  try {
    return statfsSync(path);
  } catch {
    return null;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function trimmedAtMs(gocache: string): number {
  const text = textOf(join(gocache, "trim.txt"))?.trim() ?? "";
  return /^\d+$/.test(text) ? Number(text) * 1000 : 0;
}

/** Where GOFLAGS is set, the strongest first: the environment, the file of `go env -w`, go.env of GOROOT. */
export function goflagsPlaces(
  env: Readonly<Record<string, string>>,
  goenv: string | undefined,
  goroot: string,
): readonly { readonly from: "environment" | "go env -w" | "go.env"; readonly text: string }[] {
  const places = [
    { from: "environment" as const, text: env.GOFLAGS ?? "" },
    { from: "go env -w" as const, text: goenv === undefined ? "" : settingIn(textOf(goenv), "GOFLAGS") },
    { from: "go.env" as const, text: settingIn(textOf(join(goroot, "go.env")), "GOFLAGS") },
  ];
  return places.filter(({ text }) => text !== "");
}

function settingIn(text: string | null, name: string): string {
  const line = text?.split("\n").find((each) => each.startsWith(`${name}=`));
  return line?.slice(name.length + 1).trim() ?? "";
}

/** `go1.26.8` of the go in PATH, without the switch that go.mod asks for; null where it fails. */
export function ownGoVersion(go: string, env: Readonly<Record<string, string>>): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(go, ["env", "GOVERSION"], { env: { ...env, GOTOOLCHAIN: "local" }, cwd: "/" }, (error, stdout) =>
      resolve(error === null ? stdout.trim() : null),
    );
  });
}

const patienceMs = 3_000;

/**
 * Starts the program of GOCACHEPROG and waits for its first line, which names what it can do (Go 1.24+: `{"ID":0,"KnownCommands":[…]}`).
 * @returns what is wrong; null where it answers as it should
 */
export function tryCacheProgram(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  const [program = "", ...rest] = words;
  return new Promise((resolve) => {
    const child = spawn(program, rest, { env, stdio: ["pipe", "pipe", "ignore"], windowsHide: true });
    let said = "";
    const finish = (problem: string | null) => {
      clearTimeout(timer);
      child.stdin.end();
      child.kill();
      resolve(problem);
    };
    const timer = setTimeout(() => finish(`it said nothing in ${patienceMs / 1000} s`), patienceMs);
    child.on("error", (error) =>
      finish(`it can't be started: ${(error as NodeJS.ErrnoException).code ?? error.message}`),
    );
    child.on("exit", (status) => finish(`it ended with status ${status} before it said what it can do`));
    child.stdin.on("error", () => {});
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const end = said.indexOf("\n");
      if (end < 0) return;
      finish(
        /"KnownCommands"\s*:\s*\[\s*"/.test(said.slice(0, end)) ? null : "its first line names no commands",
      );
    });
  });
}

/** How many of some files have a time near that of the newest of them: a fresh clone's are all new. At most 2,000 are looked at. */
export function checkoutTimes(
  root: string,
  files: readonly string[],
): { readonly files: number; readonly fresh: number } {
  const step = Math.max(1, Math.floor(files.length / 2000));
  const times = files
    .filter((_, index) => index % step === 0)
    .flatMap((file) => lstatSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? []);
  const newest = times.reduce((most, time) => Math.max(most, time), 0);
  return { files: times.length, fresh: times.filter((time) => newest - time < 600_000).length };
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
