import type { CacheContents, Placed } from "../pipeline.ts";

/**
 * What of Go's lies below the paths of a cache.
 * @param variables values of GOCACHE, GOMODCACHE and GOPATH where the job sets them
 */
export function cacheContents(
  paths: readonly Placed[],
  variables: ReadonlyMap<string, Placed>,
): CacheContents {
  const texts = paths.map((path) => path.text).filter((text) => !text.startsWith("!"));
  const gocache = variables.get("GOCACHE")?.text ?? null;
  const gomodcache = variables.get("GOMODCACHE")?.text ?? null;
  const gopath = variables.get("GOPATH")?.text ?? null;
  return {
    builds: texts.some((text) => buildsForm.test(text) || covers(text, gocache)),
    modules: texts.some((text) => modulesForm.test(text) || covers(text, gomodcache) || covers(text, gopath)),
    isUnclear: texts.some((text) => /\$\{\{|<<|\$\(|\$\{?[A-Za-z_]/.test(text) && !knownForm.test(text)),
  };
}

/** Go's default places (cmd/go `go help cache`: go-build below os.UserCacheDir), and names that people give to its outputs. */
const buildsForm =
  /go-build|gocache|go-cache|\bbuild-?cache\b|(?:^|[/~])\.cache\/?$|Library\/Caches\/?$|(?:outputs|env)\.[\w-]*(?:build|gocache|go_cache)[\w-]*\s*\}\}/i;
const modulesForm =
  /pkg[/\\]mod|gomodcache|mod-?cache|outputs\.[\w-]*mod[\w-]*\s*\}\}|^(?:~|\/root|\$HOME)?\/go\/?$|\$\{?GOPATH\}?\/?$/i;
const knownForm =
  /CI_PROJECT_DIR|GITHUB_WORKSPACE|github\.workspace|GOCACHE|GOMODCACHE|GOPATH|HOME|runner\.(?:temp|os)/;

/** The path is the directory, or one above it. */
export function covers(path: string, directory: string | null): boolean {
  if (directory === null || directory === "") return false;
  const above = plain(path);
  const below = plain(directory);
  return above === below || above === "." || below.startsWith(`${above}/`);
}

/** Spelled alike: without the project's directory in front, `./`, globs and slashes at the end. */
export function plain(path: string): string {
  return path
    .trim()
    .replace(
      /^(?:\$\{?CI_PROJECT_DIR\}?|\$\{?GITHUB_WORKSPACE\}?|\$\{\{\s*github\.workspace\s*\}\}|\$\{?PWD\}?|\$\(pwd\))(?:\/|$)/,
      "",
    )
    .replace(/^\$\{?HOME\}?(?=\/|$)/, "~")
    .replace(/^(?:\.\/)+/, "")
    .replace(/(?:\/\*{0,2})+$/, "")
    .replace(/^$/, ".");
}
