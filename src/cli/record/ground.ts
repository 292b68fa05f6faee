import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readModules } from "../../go/modules.ts";
import type { GoCommand } from "../../model/go-command.ts";

/** Where go will run and which main modules apply, read from the files without asking go. */
export interface Ground {
  /** Absolute, as go spells it: PWD where it names the same directory. */
  readonly directory: string;
  readonly gomod: string | null;
  readonly gowork: string | null;
  readonly modules: Readonly<Record<string, string>>;
  /** Paths of the main modules, joined by `,`; null outside a module. */
  readonly module: string | null;
}

export function groundOf(cwd: string, chdir: string | null, env: Readonly<Record<string, string>>): Ground {
  const directory = chdir === null ? cwd : resolve(cwd, chdir);
  const gomod = env.GO111MODULE === "off" ? null : findUpwards("go.mod", directory);
  const gowork =
    env.GOWORK === "off" ? null : env.GOWORK ? resolve(env.GOWORK) : findUpwards("go.work", directory);
  const modules = readModules(gomod, gowork);
  const paths = Object.keys(modules);
  return { directory, gomod, gowork, modules, module: paths.length === 0 ? null : paths.join(",") };
}

function findUpwards(name: string, from: string): string | null {
  for (let directory = from; ; directory = dirname(directory)) {
    const path = join(directory, name);
    if (existsSync(path)) return path;
    if (dirname(directory) === directory) return null;
  }
}

/**
 * Package patterns as the family knows them: from the root of the module (of the workspace: from its folder), sorted.
 * `./…` in a subfolder and the same packages named from the root are one family.
 */
export function familyPatterns(command: GoCommand, ground: Ground): readonly string[] {
  const root =
    ground.gowork !== null ? dirname(ground.gowork) : ground.gomod === null ? null : dirname(ground.gomod);
  const words = command.packages.length === 0 ? ["."] : command.packages;
  const patterns = words.map((word) => {
    const isPath =
      word === "." || word === ".." || /^\.\.?\//.test(word) || word.startsWith("/") || word.endsWith(".go");
    if (!isPath) return withoutModule(word, Object.keys(ground.modules));
    const path = resolve(ground.directory, word);
    if (root === null) return path;
    if (path === root) return ".";
    return path.startsWith(`${root}/`) ? `./${path.slice(root.length + 1)}` : path;
  });
  return [...new Set(patterns)].sort();
}

function withoutModule(word: string, modules: readonly string[]): string {
  if (modules.length !== 1) return word;
  const [module = ""] = modules;
  if (word === module) return ".";
  return word.startsWith(`${module}/`) ? `./${word.slice(module.length + 1)}` : word;
}
