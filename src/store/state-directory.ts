import { isAbsolute, join } from "node:path";

/**
 * Where the history lies: `$XDG_STATE_HOME/gocache-why`, else `.local/state/gocache-why` in the home directory.
 * A relative XDG_STATE_HOME is ignored, as the XDG Base Directory Specification (0.8) demands.
 * @param home absolute path of the user's home directory
 */
export function stateDirectory(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const state = env.XDG_STATE_HOME;
  const base = state !== undefined && isAbsolute(state) ? state : join(home, ".local", "state");
  return join(base, "gocache-why");
}
