/**
 * Whether a package is one of a pattern, as go writes patterns: an import path, `./rel/path`, with `...` for any text. A path from
 * the main module's root is as good as an import path. Of a package's tests (`p.test`, `p_test`) the tested package counts.
 * @param module the main module's path; of a workspace the paths joined by `,`; null where it is not known
 */
export function createPackagePattern(pattern: string, module: string | null): (path: string) => boolean {
  const name = pattern.replace(/^\.\/+/, "").replace(/\/+$/, "") || ".";
  const modules = module === null ? [] : module.split(",");
  const below = modules.map((root) => (name === "." ? root : `${root}/${name}`));
  // `./x` is a place in the module, and never a package of another one.
  const isPlace = /^\.(\/|$)/.test(pattern);
  const forms = (isPlace ? below : [name, ...below]).map(expressionOf);
  return (path) => {
    const tested = path.replace(/(\.test|_test)$/, "");
    return forms.some((form) => form.test(tested) || form.test(path));
  };
}

/** `x/...` has x too (go help packages). */
function expressionOf(pattern: string): RegExp {
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("\\.\\.\\.", ".*");
  return new RegExp(`^${escaped.replace(/\/\.\*$/, "(/.*)?")}$`, "s");
}
