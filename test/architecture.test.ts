import { readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** A folder of src imports only from itself and from folders to its left. */
const order = ["util", "log", "model", "keys", "compare", "causes", "explore", "doctor", "report", "cli"];
/** Side adapters: see `order` for the three that they may import; only cli imports them. */
const adapters = ["go", "store"];
const adapterImports = ["util", "log", "model"];
/** The folders that may touch the world. */
const impure = ["cli", ...adapters];

interface PackageRule {
  readonly allowed: RegExp;
  readonly reason: string;
}

const packages: Readonly<Record<string, PackageRule>> = {
  commander: {
    allowed: /^cli\/(program|options)\.ts$/,
    reason: "one place knows how the command line is parsed",
  },
  execa: { allowed: /^go\//, reason: "processes are started in go/, where their environment is set right" },
  chalk: { allowed: /^report\/renderers\/terminal/, reason: "only the terminal has colours" },
  "cli-table3": { allowed: /^report\/renderers\/terminal/, reason: "only the terminal has such tables" },
  "string-width": { allowed: /^report\/renderers\/terminal/, reason: "only the terminal has columns" },
  "@secretlint/secretlint-rule-preset-recommend": {
    allowed: /^log\/hide\//,
    reason: "one place decides what is a secret",
  },
  "@humanwhocodes/momoa": {
    allowed: /^cli\/config\//,
    reason: "only the configuration file is read with the lines of its values",
  },
  "ci-info": { allowed: /^cli\/ci\/detect-ci\.ts$/, reason: "one place knows where a job runs" },
  yaml: { allowed: /^doctor\/read\/yaml\.ts$/, reason: "one place knows the lines of YAML" },
  unbash: { allowed: /^doctor\/read\/shell\.ts$/, reason: "one place knows the grammar of shells" },
  "dockerfile-ast": {
    allowed: /^doctor\/read\/dockerfile\.ts$/,
    reason: "one place knows the grammar of Dockerfiles",
  },
  uplot: { allowed: /^report\/renderers\/html\/client\//, reason: "only the page's own script draws" },
  "d3-scale": { allowed: /^report\/renderers\/html\/client\//, reason: "only the page's own script draws" },
  "@dagrejs/dagre": {
    allowed: /^report\/renderers\/html\/client\//,
    reason: "only the page's own script draws",
  },
  diff: { allowed: /^compare\//, reason: "a diff is a value that compare/ makes; others show it" },
};

/** Modules of Node that touch nothing outside the process. */
const pureModules = ["assert", "buffer", "crypto", "path", "string_decoder", "url", "util", "zlib"];

const worldly: readonly { readonly pattern: RegExp; readonly name: string; readonly reason: string }[] = [
  {
    pattern: /(?<![.\w$])process\s*(\?\.|[.[])/,
    name: "process",
    reason: "cli passes in what a stage needs",
  },
  { pattern: /(?<![.\w$])globalThis\b/, name: "globalThis", reason: "it is a way around these fences" },
  { pattern: /(?<![.\w$])console\s*\./, name: "console", reason: "a stage returns values; cli writes them" },
  {
    pattern: /(?<![.\w$])Date\s*\.\s*now\b/,
    name: "Date.now",
    reason: "the clock comes in, so that output is deterministic",
  },
  {
    pattern: /\bnew\s+Date\s*(\(\s*\)|(?!\s*[\w(]))/,
    name: "new Date()",
    reason: "the clock comes in, so that output is deterministic",
  },
  {
    pattern: /(?<![.\w$])performance\s*\./,
    name: "performance",
    reason: "the clock comes in, so that output is deterministic",
  },
];

/** What breaks the fences in the source of one file, each with the reason for the fence. `path` is relative to src. */
function findViolations(path: string, source: string): string[] {
  const { code, imports } = readModule(source);
  const folder = path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
  const violations = [
    ...checkName(path, folder),
    ...imports.flatMap((target) => checkImport(path, folder, target)),
  ];
  if (folder !== "" && !impure.includes(folder)) {
    for (const { pattern, name, reason } of worldly) {
      if (pattern.test(code))
        violations.push(`${path} uses ${name}, which only cli, go and store may: ${reason}`);
    }
  }
  return violations;
}

function checkName(path: string, folder: string): string[] {
  const violations: string[] = [];
  if (folder !== "" && !order.includes(folder) && !adapters.includes(folder)) {
    violations.push(
      `${path} is in a folder that the picture of the house does not have: put ${folder} into its order`,
    );
  }
  for (const part of path.replace(/\.ts$/, "").split("/")) {
    if (/^(utils?|helpers?|common|misc|shared)$/.test(part) && part !== folder) {
      violations.push(`${path} is named ${part}: a file is named after what it does, so that people find it`);
    }
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part)) violations.push(`${path} is not named in kebab-case`);
  }
  return violations;
}

function checkImport(path: string, folder: string, target: string): string[] {
  if (target.startsWith("."))
    return checkFile(path, folder, posix.normalize(posix.join(posix.dirname(path), target)));
  const name = target.startsWith("node:")
    ? target
    : target.split("/", target.startsWith("@") ? 2 : 1).join("/");
  if (name.startsWith("node:")) {
    const builtIn = name.slice(5);
    if (impure.includes(folder) || pureModules.includes(builtIn)) return [];
    return [
      `${path} imports ${name}: only cli, go and store touch the world, so that every stage can be run again from a file`,
    ];
  }
  const rule = packages[name];
  if (rule === undefined) {
    return [`${path} imports ${name}: no rule says where it belongs (Node's own modules are written node:…)`];
  }
  return rule.allowed.test(path) ? [] : [`${path} imports ${name}, which belongs elsewhere: ${rule.reason}`];
}

function checkFile(path: string, folder: string, target: string): string[] {
  const other = target.slice(0, Math.max(target.indexOf("/"), 0));
  if (target.startsWith("../"))
    return [`${path} imports ${target} from outside src: the package would lack it`];
  if (!target.endsWith(".ts")) return [`${path} imports ${target} without its ending .ts`];
  if (path.startsWith("report/renderers/") && !/^(report|util)\//.test(target)) {
    return [
      `${path} imports ${target}: a renderer sees a Report and never a Run, so that a saved report shows the same`,
    ];
  }
  if (other === folder) return [];
  if (folder === "") {
    if (!impure.includes(other)) return [];
    return [`${path} imports ${target}: the public API is pure; cli, go and store are the command's`];
  }
  if (adapters.includes(other)) {
    if (folder === "cli") return [];
    return [
      `${path} imports ${target}: only cli imports ${other}, so that every stage can be run again from a file`,
    ];
  }
  if (adapters.includes(folder)) {
    if (adapterImports.includes(other)) return [];
    return [
      `${path} imports ${target}: ${folder} is an adapter at the side and knows only ${adapterImports.join(", ")}`,
    ];
  }
  const left = order.indexOf(other);
  if (left >= 0 && left < order.indexOf(folder)) return [];
  return [`${path} imports ${target}: values flow one way, ${order.join(" → ")}`];
}

/** The code of a module without comments and the text of its strings; and what it imports, also dynamically or as types. */
function readModule(source: string): { code: string; imports: string[] } {
  const { code, strings } = blankStrings(source);
  const imports: string[] = [];
  const pattern = /\b(?:import|export)\b[^;"()]*?\bfrom\s*"(\d+)"|\bimport\s*\(?\s*"(\d+)"/g;
  for (const match of code.matchAll(pattern)) {
    const target = strings[Number(match[1] ?? match[2])];
    if (target !== undefined) imports.push(target);
  }
  return { code, imports };
}

/** Takes out comments and regular expressions; each string becomes `"number"`; code in templates stays. */
function blankStrings(source: string): { code: string; strings: string[] } {
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|`|[{}]|\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;
  const strings: string[] = [];
  /** Open braces; true where the brace is a template's `${`. */
  const braces: boolean[] = [];
  let code = "";
  let at = 0;
  const addString = (text: string) => {
    code += `"${strings.length}"`;
    strings.push(text);
  };
  /** From behind a backquote, or the brace that ends `${…}`, to the template's end or its next `${`. */
  const skipTemplate = (from: number): number => {
    const end = /(?:[^\\`$]|\\[\s\S]|\$(?!\{))*(`|\$\{)/y;
    end.lastIndex = from;
    const match = end.exec(source);
    addString("");
    if (match?.[1] === "${") {
      braces.push(true);
      code += "+(";
    }
    return match === null ? source.length : end.lastIndex;
  };
  for (;;) {
    token.lastIndex = at;
    const match = token.exec(source);
    if (match === null) return { code: code + source.slice(at), strings };
    const [text] = match;
    code += source.slice(at, match.index);
    at = match.index + text.length;
    if (text === "`") at = skipTemplate(at);
    else if (text === "{") {
      braces.push(false);
      code += text;
    } else if (text === "}") {
      if (braces.pop() === true) {
        code += ")+";
        at = skipTemplate(at);
      } else code += text;
    } else if (text.startsWith("//") || text.startsWith("/*")) code += " ";
    else if (text.startsWith("/")) {
      // A division where a value stands before it, else a regular expression.
      if (/(?:[\w$)\]]|"\d+")\s*$/.test(code) && !/\b(?:return|typeof|case|of|in)\s*$/.test(code)) {
        code += "/";
        at = match.index + 1;
      } else addString("");
    } else addString(text.slice(1, -1));
  }
}

describe("the house", () => {
  const src = fileURLToPath(new URL("../src", import.meta.url));
  const files = readdirSync(src, { recursive: true, encoding: "utf8" })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => path.endsWith(".ts"));

  test("keeps its fences", () => {
    expect(files.length).toBeGreaterThan(20);
    expect(
      files.sort().flatMap((path) => findViolations(path, readFileSync(join(src, path), "utf8"))),
    ).toEqual([]);
  });
});

test("every package that src may import is named for the build, and none is left to be installed by users", () => {
  const manifest = fileURLToPath(new URL("../package.json", import.meta.url));
  const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, "utf8"));
  expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining(Object.keys(packages)));
  // dist holds them: what npx has to fetch is one package.
  expect(dependencies).toBeUndefined();
});

describe("the checker", () => {
  const broken: [string, string, RegExp][] = [
    ["log/a.ts", 'import { b } from "../model/b.ts";', /values flow one way/],
    ["util/a.ts", 'import type { B } from "../log/b.ts";', /values flow one way/],
    ["compare/a.ts", 'export * from "../causes/b.ts";', /values flow one way/],
    ["report/a.ts", 'const b = await import("../cli/b.ts");', /values flow one way/],
    ["model/a.ts", 'type B = import("../keys/b.ts").B;', /values flow one way/],
    ["explore/a.ts", 'import {\n  b,\n  c, // d\n} from "../go/b.ts";', /only cli imports go/],
    ["report/a.ts", 'import "../store/b.ts";', /only cli imports store/],
    ["go/a.ts", 'import { b } from "../store/b.ts";', /only cli imports store/],
    ["store/a.ts", 'import { b } from "../compare/b.ts";', /an adapter at the side/],
    ["index.ts", 'export { b } from "./go/b.ts";', /the public API is pure/],
    ["report/renderers/json.ts", 'import type { Run } from "../../model/run.ts";', /never a Run/],
    ["cli/commands/a.ts", 'import { Command } from "commander";', /parsed/],
    ["cli/a.ts", 'import { execa } from "execa";', /processes are started in go/],
    ["report/renderers/json.ts", 'import chalk from "chalk";', /only the terminal/],
    ["report/a.ts", "import width from 'string-width';", /only the terminal/],
    ["causes/a.ts", 'import { diffLines } from "diff";', /a diff is a value/],
    ["log/a.ts", 'import lodash from "lodash/fp";', /no rule says where/],
    ["log/a.ts", 'import { readFileSync } from "fs";', /written node:/],
    ["log/a.ts", 'import { readFileSync } from "node:fs";', /touch the world/],
    ["log/a.ts", 'import { readFile } from "node:fs/promises";', /touch the world/],
    ["log/a.ts", 'import { b } from "./b";', /without its ending/],
    ["cli/a.ts", 'import { b } from "../../test/b.ts";', /outside src/],
    ["causes/a.ts", "const a = process.env;", /uses process/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source of a template
    ["causes/a.ts", "const a = `${process.argv[0]} ${`${process.env}`}`;", /uses process/],
    ["causes/a.ts", "const a = /[/\"]/; console.log(a); // '", /uses console/],
    ["causes/a.ts", "const a = 4 / 2; const b = Date.now() / 2;", /uses Date.now/],
    ["report/a.ts", "const a = new Date();", /uses new Date/],
    ["report/a.ts", "const a = new Date;", /uses new Date/],
    ["report/a.ts", "const a = globalThis['process'];", /uses globalThis/],
    ["model/utils.ts", "", /named after what it does/],
    ["report/helpers/a.ts", "", /named after what it does/],
    ["log/common.ts", "", /named after what it does/],
    ["log/readLog.ts", "", /kebab-case/],
    ["misc/a.ts", "", /picture of the house/],
  ];
  test.each(broken)("sees a broken fence in %s: %s", (path, source, message) => {
    const violations = findViolations(path, source);
    expect(violations).toEqual([expect.stringMatching(message)]);
  });

  const sound: [string, string][] = [
    [
      "model/a.ts",
      'import { b } from "../log/b.ts"; import { c } from "./c.ts"; import { hash } from "node:crypto";',
    ],
    [
      "report/renderers/terminal.ts",
      'import chalk from "chalk"; import type { Report } from "../report.ts";',
    ],
    [
      "cli/program.ts",
      'import { Command } from "commander"; import("../go/a.ts"); process.exit(); Date.now();',
    ],
    ["store/a.ts", 'import { readFileSync } from "node:fs"; import type { Run } from "../model/run.ts";'],
    ["causes/a.ts", '// import { a } from "../cli/a.ts";\n/* process.env */ const a = "process.env";'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source of a template
    ["causes/a.ts", 'const a = `import { b } from "../cli/b.ts" process.env ${1} console.log()`;'],
    [
      "causes/a.ts",
      "const a = /process.env/; const b = c.process.env; const d = new Date(0); const e = { process: 1 };",
    ],
    ["util/a.ts", ""],
    ["index.ts", 'export { b } from "./causes/b.ts";'],
  ];
  test.each(sound)("lets pass %s: %s", (path, source) => {
    expect(findViolations(path, source)).toEqual([]);
  });
});
