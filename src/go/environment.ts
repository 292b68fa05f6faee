import { readFileSync } from "node:fs";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface UserEnvironmentOptions {
  /** Where the climb to npm begins; `process.ppid` unless given. */
  readonly parent?: number;
  /** Where the system shows its processes; `/proc` unless given, null where it has none. */
  readonly processes?: string | null;
}

/**
 * The environment as it was before npm, npx, yarn or pnpm changed it for the script that they run.
 *
 * They put directories in front of PATH and set `npm_*`, NODE, INIT_CWD, COLOR and EDITOR; go's tests hash what they
 * read of these. On Linux the values of before are those that npm itself was started with; elsewhere what npm sets is
 * known by its form (npm 11: `@npmcli/run-script` set-path.js, `@npmcli/config` set-envs.js). All else is kept, also
 * what scripts in between changed. Without npm's variables the environment is returned as it is.
 */
export function userEnvironment(
  env: Environment,
  options: UserEnvironmentOptions = {},
): Record<string, string> {
  const result = defined(env);
  if (!isRunByNpm(result)) return result;
  const processes = options.processes === undefined ? defaultProcesses() : options.processes;
  const before = environmentOfNpm(options.parent ?? process.ppid, processes);
  for (const name of Object.keys(result)) {
    if (before === null ? isSetByNpm(name, env) : isNpmVariable(name)) delete result[name];
  }
  if (before !== null) {
    for (const [name, value] of Object.entries(before)) if (isNpmVariable(name)) result[name] = value;
  }
  const path = pathVariable(result);
  if (path !== null) result[path] = withoutNpmDirectories(result[path] ?? "", before?.[path] ?? null);
  return result;
}

const restored = new Set(["NODE", "INIT_CWD", "COLOR", "EDITOR"]);

function isNpmVariable(name: string): boolean {
  return name.startsWith("npm_") || restored.has(name);
}

/** Set for every script by npm, yarn and pnpm; a mere `npm_config_…` may be the user's own. */
function isRunByNpm(env: Environment): boolean {
  return env.npm_execpath !== undefined || env.npm_lifecycle_event !== undefined;
}

/** Without npm's own environment: only what has the form of a value that npm set. */
function isSetByNpm(name: string, env: Environment): boolean {
  if (name.startsWith("npm_")) return true;
  if (name === "INIT_CWD") return true;
  if (name === "NODE") return env.NODE === env.npm_node_execpath;
  if (name === "COLOR") return env.COLOR === "0" || env.COLOR === "1";
  // npm's own default where the user has no editor; what the user has set it passes on.
  return name === "EDITOR" && (env.EDITOR === "vi" || env.EDITOR === env.VISUAL);
}

/** The environment that the outermost npm was started with; null where it can't be read. */
function environmentOfNpm(parent: number, processes: string | null): Record<string, string> | null {
  if (processes === null) return null;
  let pid = parent;
  for (let steps = 0; pid > 0 && steps < 100; steps++) {
    const env = environmentOf(pid, processes);
    if (env === null) return null;
    if (!isRunByNpm(env)) return env;
    pid = parentOf(pid, processes);
  }
  return null;
}

function environmentOf(pid: number, processes: string): Record<string, string> | null {
  try {
    const env: Record<string, string> = {};
    for (const entry of readFileSync(`${processes}/${pid}/environ`, "utf8").split("\0")) {
      const equals = entry.indexOf("=");
      if (equals > 0) env[entry.slice(0, equals)] = entry.slice(equals + 1);
    }
    return env;
  } catch {
    return null;
  }
}

function parentOf(pid: number, processes: string): number {
  try {
    const stat = readFileSync(`${processes}/${pid}/stat`, "latin1");
    // `pid (name) state ppid …`: the name may hold blanks and parentheses.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}

const npmDirectory = /[\\/]node_modules[\\/]\.bin$|[\\/]node-gyp-bin$|[\\/]yarn--\d+-[\d.]+$/;

/** @param before PATH as npm was given it; null where unknown. */
function withoutNpmDirectories(path: string, before: string | null): string {
  const separator = process.platform === "win32" ? ";" : ":";
  const entries = path.split(separator);
  const own = before?.split(separator) ?? [];
  const count = (list: readonly string[], entry: string) => list.filter((other) => other === entry).length;
  // Where PATH of before is unknown, npm's last directory ends the part that it put in front.
  const end = before === null ? frontOfNpm(entries) : entries.length;
  const surplus = new Map<string, number>();
  for (const entry of entries) {
    if (npmDirectory.test(entry)) surplus.set(entry, count(entries.slice(0, end), entry) - count(own, entry));
  }
  return entries
    .filter((entry, index) => {
      const left = surplus.get(entry) ?? 0;
      if (index >= end || left <= 0) return true;
      surplus.set(entry, left - 1);
      return false;
    })
    .join(separator);
}

function frontOfNpm(entries: readonly string[]): number {
  const gyp = entries.findLastIndex((entry) => /[\\/]node-gyp-bin$/.test(entry));
  if (gyp >= 0) return gyp + 1;
  const other = entries.findIndex((entry) => !npmDirectory.test(entry));
  return other < 0 ? entries.length : other;
}

function pathVariable(env: Environment): string | null {
  if (process.platform !== "win32") return env.PATH === undefined ? null : "PATH";
  return Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? null;
}

function defaultProcesses(): string | null {
  return process.platform === "linux" ? "/proc" : null;
}

function defined(env: Environment): Record<string, string> {
  const copy: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) copy[name] = value;
  return copy;
}
