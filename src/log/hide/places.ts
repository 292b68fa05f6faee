/** A directory whose name is written in the place of its path: `~` for the home, `$CHECKOUT` for the checkout. */
export interface Place {
  /** Absolute, without a slash at its end. */
  readonly path: string;
  readonly name: string;
}

/** Source of a pattern: an absolute path begins here. A flag's letters may stand in front of it: `-I/usr/include`. */
export const pathStart = "(?=/)(?:(?<![\\w.~$-])|(?<=(?:^|[\\s\"'=,])-[A-Za-z]{1,12}))";

/** Paths by the names of the places in them, the longest first; a place is whole path segments. */
export function shortenPlaces(text: string, places: readonly Place[]): string {
  let short = text;
  for (const { path, name } of [...places].sort((a, b) => b.path.length - a.path.length)) {
    if (path.length < 2 || !short.includes(path)) continue;
    const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    short = short.replace(new RegExp(`${pathStart}${escaped}(?![\\w.-])`, "g"), () => name);
  }
  return short;
}
