import { type BigIntStats, lstatSync, readdirSync, realpathSync, statSync } from "node:fs";

/** What Go's FileInfo says of a file. */
export interface FileStatus {
  /** Bytes; of a directory what the file system says. */
  readonly size: bigint;
  /** Go's FileMode, a 32-bit number: `0x800001ed` is a directory with 755. */
  readonly mode: number;
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint;
}

/** A status, or the text of Go's error: `stat /x: no such file or directory`. */
export type Status = FileStatus | string;

/** Questions about files, each asked of the system once. Paths and names are byte strings. */
export interface FileStates {
  stat(path: string): Status;
  lstat(path: string): Status;
  /** Names in a directory in the order of their bytes, as os.ReadDir gives them, or the text of Go's error. */
  list(path: string): readonly string[] | string;
  /** The path without symbolic links; null where there is no such file. */
  realpath(path: string): string | null;
}

/** Remembers up to 100,000 answers of each kind, and then begins anew. */
export function createFileStates(): FileStates {
  const lstat = remember((path): Status => {
    const place = placeOf(path);
    if (place === null) return ask(path, "lstat");
    const folder = stat(place.directory);
    if (typeof folder === "string" || !isDirectory(folder)) return ask(path, "lstat");
    // An error costs Node ten times what an answer costs: where the folder is there, a missing file is just that.
    return ask(path, "lstat", `lstat ${path}: ${errorWords.ENOENT}`);
  });
  // What is no link says the same of itself by either call, and so does what can't be asked.
  const stat = (path: string): Status => {
    const own = lstat(path);
    if (typeof own === "string") return own.replace(/^lstat /, "stat ");
    return isLink(own) ? followed(path) : own;
  };
  const followed = remember((path) => ask(path, "stat"));
  const realpath = remember((path): string | null => {
    const place = placeOf(path);
    if (place === null) return resolved(path);
    const own = lstat(path);
    if (typeof own === "string") return null;
    if (isLink(own)) return resolved(path);
    const directory = realpath(place.directory);
    return directory === null ? null : `${directory === "/" ? "" : directory}/${place.name}`;
  });
  return { stat, lstat, list: remember(names), realpath };
}

export function isDirectory({ mode }: FileStatus): boolean {
  return mode >= goModes.directory;
}

/** None of Go's bits for a type is set: directory, link, device, character device, pipe, socket, irregular. */
export function isRegular({ mode }: FileStatus): boolean {
  return (mode & 0x8f28_0000) === 0;
}

function isLink({ mode }: FileStatus): boolean {
  return (mode & goModes.link) !== 0;
}

/** Folder and name of a clean absolute path; null for others and for the root. */
function placeOf(path: string): { directory: string; name: string } | null {
  const slash = path.lastIndexOf("/");
  if (!path.startsWith("/") || slash === path.length - 1 || /\/\.{0,2}(\/|$)/.test(path)) return null;
  return { directory: slash === 0 ? "/" : path.slice(0, slash), name: path.slice(slash + 1) };
}

function resolved(path: string): string | null {
  try {
    return realpathSync.native(pathBytes(path), "buffer").toString("latin1");
  } catch {
    return null;
  }
}

const remembered = 100_000;

function remember<T>(ask: (path: string) => T): (path: string) => T {
  const known = new Map<string, { readonly answer: T }>();
  return (path) => {
    const earlier = known.get(path);
    if (earlier !== undefined) return earlier.answer;
    const answer = ask(path);
    if (known.size >= remembered) known.clear();
    known.set(path, { answer });
    return answer;
  };
}

function pathBytes(path: string): Buffer {
  return Buffer.from(path, "latin1");
}

/** @param absent what is said of a file that is not there, where that is known */
function ask(path: string, operation: "stat" | "lstat", absent?: string): Status {
  try {
    const call = operation === "stat" ? statSync : lstatSync;
    const found = call(pathBytes(path), { bigint: true, throwIfNoEntry: absent === undefined });
    if (found !== undefined) return { size: found.size, mode: goMode(found), mtime: found.mtimeNs };
    return absent ?? ask(path, operation);
  } catch (error) {
    return goError(operation, path, error);
  }
}

function names(path: string): readonly string[] | string {
  try {
    const found = readdirSync(pathBytes(path), { encoding: "buffer" });
    return found.map((name) => name.toString("latin1")).sort((a, b) => (a < b ? -1 : 1));
  } catch (error) {
    return goError("open", path, error);
  }
}

/** io/fs FileMode (Go 1.21–1.27). */
const goModes = {
  directory: 2 ** 31,
  link: 2 ** 27,
  device: 2 ** 26,
  pipe: 2 ** 25,
  socket: 2 ** 24,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  characterDevice: 2 ** 21,
  sticky: 2 ** 20,
};

/** os/stat_linux.go fillFileStatFromSys (Go 1.21–1.27). */
function goMode({ mode }: BigIntStats): number {
  const bits = Number(mode);
  const special =
    (bits & 0o4000 ? goModes.setuid : 0) +
    (bits & 0o2000 ? goModes.setgid : 0) +
    (bits & 0o1000 ? goModes.sticky : 0);
  return (kinds.get(bits & 0o170_000) ?? 0) + special + (bits & 0o777);
}

/** By S_IFMT. */
const kinds: ReadonlyMap<number, number> = new Map([
  [0o040_000, goModes.directory],
  [0o120_000, goModes.link],
  [0o060_000, goModes.device],
  [0o020_000, goModes.device + goModes.characterDevice],
  [0o010_000, goModes.pipe],
  [0o140_000, goModes.socket],
]);

/** A PathError as Go prints it: operation, path, and the system's words (syscall/zerrors_linux_amd64.go, Go 1.21–1.27). */
function goError(operation: string, path: string, error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  // Node says of libuv's words `ENOENT: no such file or directory, stat '…'`.
  const words = errorWords[code] ?? /^\w+: (.*?), \w+/.exec(message)?.[1] ?? message;
  return `${operation} ${path}: ${words}`;
}

const errorWords: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EINVAL: "invalid argument",
  EIO: "input/output error",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "file name too long",
  ENODEV: "no such device",
  ENOENT: "no such file or directory",
  ENOTCONN: "transport endpoint is not connected",
  ENOTDIR: "not a directory",
  ENXIO: "no such device or address",
  EOVERFLOW: "value too large for defined data type",
  EPERM: "operation not permitted",
  ESTALE: "stale file handle",
  // Node's own refusal of a path with a NUL byte, which Go refuses with this error.
  ERR_INVALID_ARG_VALUE: "invalid argument",
};
