import type { CauseFact } from "./context.ts";

/** What of a VCS stamp changed; null for what did not. */
export interface StampChange {
  readonly switched: "on" | "off" | null;
  /** Commits in nine digits, before and now. */
  readonly commit: readonly [string, string] | null;
  /** Whether the checkout has changes that are not committed, now. */
  readonly dirty: boolean | null;
  /** The main module's version, which Go 1.24 and later make from git's tags. */
  readonly version: readonly [string | null, string | null] | null;
}

/**
 * Reads a `vcs-stamp-changed` cause: `before` and `now` as `77f0c3b1a1b2`, `77f0c3b1a1b2 (dirty)`, a version, or null where
 * there was no stamp; and its changes, whose inputs end in `vcs.revision`, `vcs.modified`, or have `version` in them.
 */
export function stampChangeOf(cause: CauseFact): StampChange {
  const before = stateOf(cause.before, "before", cause);
  const now = stateOf(cause.now, "now", cause);
  const both = before.commit !== null && now.commit !== null;
  const dirty = before.dirty !== null && now.dirty !== null && before.dirty !== now.dirty ? now.dirty : null;
  return {
    switched: switchedBy(cause, before.commit, now.commit),
    commit: both && before.commit !== now.commit ? [before.commit ?? "", now.commit ?? ""] : null,
    dirty,
    version: versionOf(cause),
  };
}

interface State {
  readonly commit: string | null;
  readonly dirty: boolean | null;
}

function stateOf(stamp: string | null, side: "before" | "now", cause: CauseFact): State {
  const [, whole, mark] = /^([0-9a-f]{7,64})( \(dirty\))?$/.exec(stamp ?? "") ?? [];
  if (whole !== undefined) return { commit: whole.slice(0, 9), dirty: mark !== undefined };
  const revision = changeValue(cause, "vcs.revision", side);
  const modified = changeValue(cause, "vcs.modified", side);
  return { commit: revision?.slice(0, 9) ?? null, dirty: modified === null ? null : modified === "true" };
}

function switchedBy(cause: CauseFact, before: string | null, now: string | null): "on" | "off" | null {
  const told = (cause.changes ?? []).some((change) => /vcs\.(revision|modified)$/.test(change.input));
  const known = told || before !== null || now !== null;
  const had = before !== null || changeValue(cause, "vcs.modified", "before") !== null;
  const has = now !== null || changeValue(cause, "vcs.modified", "now") !== null;
  if (!known || had === has) return null;
  return has ? "on" : "off";
}

function versionOf(cause: CauseFact): StampChange["version"] {
  const change = (cause.changes ?? []).find((each) => each.input.includes("version"));
  if (change !== undefined) return [bare(change.before), bare(change.now)];
  const isVersion = (text: string | null) => text !== null && /^v\d/.test(text);
  return isVersion(cause.before) && isVersion(cause.now) && cause.before !== cause.now
    ? [cause.before, cause.now]
    : null;
}

function changeValue(cause: CauseFact, key: string, side: "before" | "now"): string | null {
  return bare((cause.changes ?? []).find((change) => change.input.endsWith(key))?.[side] ?? null);
}

/** The value of `build vcs.modified=true` or `mod example.com/m v1.5.0 h1:…`, or what is one already. */
function bare(text: string | null): string | null {
  if (text === null) return null;
  const assigned = /=(.*)$/.exec(text)?.[1];
  return assigned ?? /(?:^|\s)(v\d\S*)/.exec(text)?.[1] ?? text;
}
