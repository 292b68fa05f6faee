import { countText } from "./numbers.ts";

/**
 * A package as people call it who stand in the module: `cmd/app` for `example.com/m/cmd/app`. The module's root package,
 * foreign packages and those of a workspace of several modules keep their whole path.
 * @param modulePath `Run.module`: one path, several joined by `,`, or null where unknown.
 */
export function packageName(importPath: string, modulePath: string | null): string {
  if (modulePath === null || modulePath === "" || modulePath.includes(",")) return importPath;
  return importPath.startsWith(`${modulePath}/`) ? importPath.slice(modulePath.length + 1) : importPath;
}

/** An action's key with the module's prefix left out: `build internal/errors`, `build cmd/app [cmd/app.test]`. */
export function actionName(key: string, modulePath: string | null): string {
  const [kind = "", path = "", variant] = key.split(" ");
  const name = `${kind} ${packageName(path, modulePath)}`;
  return variant === undefined ? name : `${name} [${packageName(variant.slice(1, -1), modulePath)}]`;
}

/** `a`, `a and b`, `a, b and c`, `a, b and 5 more`. At most `most` names are spelled out (2 or more). */
export function listText(names: readonly string[], most = 3): string {
  const shown = names.length > most ? names.slice(0, most - 1) : names;
  const rest = names.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** `cmd/app`, `cmd/app and cmd/tool`, or `5 programs` where the names would be too many. */
export function programsText(importPaths: readonly string[], modulePath: string | null): string {
  if (importPaths.length > 2) return countText(importPaths.length, "program");
  return listText(importPaths.map((path) => packageName(path, modulePath)));
}
