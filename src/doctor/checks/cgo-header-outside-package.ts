import { type Checkup, folderOf } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import type { GoSource } from "../read/go-source.ts";

/** Headers of the checkout that cgo reads from outside the package's folder: no key has them. */
export function cgoHeaderOutsidePackage({ sources, files }: Checkup): readonly Sighting[] {
  const headers = files.filter((file) => /\.(?:h|hh|hpp|hxx|inc)$/.test(file));
  if (headers.length === 0) return [];
  return sources.flatMap((source) => inSource(source, headers).slice(0, 1));
}

function inSource(source: GoSource, headers: readonly string[]): readonly Sighting[] {
  return source.preamble.flatMap(({ text, line }) => {
    const folders = /^#cgo\b/.test(text) ? includeFolders(text) : [];
    const included = /^#\s*include\s+"([^"]+)"/.exec(text)?.[1];
    const paths = [
      ...folders.map((path) => ({
        path,
        header: headers.find((file) => isBelow(file, resolve(source, path))),
      })),
      ...(included === undefined
        ? []
        : [{ path: included, header: headers.find((file) => file === resolve(source, included)) }]),
    ];
    return paths.flatMap(({ path, header }): readonly Sighting[] => {
      const place = resolve(source, path);
      const isOutside = place !== null && header !== undefined && !isBelow(header, source.directory);
      if (!isOutside) return [];
      return [
        {
          code: "cgo-header-outside-package",
          file: source.file,
          line,
          values: { header, package: source.directory },
          evidence: text,
        },
      ];
    });
  });
}

function includeFolders(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|\s)-(?:I|iquote\s*|isystem\s*)\s*(\S+)/g)].map(([, path = ""]) =>
    path.replace(/^\$\{SRCDIR\}\/?/, "./"),
  );
}

function resolve(source: GoSource, path: string): string | null {
  return path.startsWith("/") ? null : folderOf(`${source.directory}/${path}`);
}

function isBelow(file: string, folder: string | null): boolean {
  if (folder === null) return false;
  const own = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : ".";
  return own === folder;
}
