import { type GoUse, readScript } from "../go-use.ts";
import type {
  ActionStep,
  CacheKey,
  CacheUse,
  Job,
  KeyParts,
  PipelineRead,
  Placed,
  Unread,
} from "../pipeline.ts";
import { cacheContents } from "./cache-contents.ts";
import { filledIn, type ShellCommand, type ShellWord } from "./shell.ts";
import {
  at,
  entriesOf,
  itemsOf,
  linesOf,
  readYaml,
  textAt,
  textsOf,
  type Yaml,
  type YamlText,
} from "./yaml.ts";

/** The text of a file of the checkout; null where there is none. Paths are relative to its root. */
export type ReadText = (path: string) => string | null;

/** Reads one workflow of GitHub Actions; composite actions of the same checkout are taken in. */
export function readWorkflow(file: string, text: string, readText: ReadText): PipelineRead {
  const read = readYaml(file, text);
  if ("problem" in read) return { jobs: [], unread: [{ file, line: read.line, reason: read.problem }] };
  const unread: Unread[] = [];
  const jobs = read.documents.flatMap((document) => {
    const variables = placedOf(at(document, "env"));
    const shell = textAt(document, "defaults", "run", "shell")?.text ?? null;
    const runsOnMain = isForBranches(at(document, "on"));
    return entriesOf(at(document, "jobs")).flatMap(([name, { value, line }]) => {
      if (at(value, "steps") === null) return [];
      return [readJob(name, value, { file, line, text, readText, variables, shell, runsOnMain, unread })];
    });
  });
  return { jobs, unread };
}

/** A push to a branch, a schedule or a person starts it; a push of tags or a pull request alone fills no cache for others. */
function isForBranches(on: Yaml | null): boolean {
  const names =
    on?.kind === "map" ? entriesOf(on).map(([name]) => name) : textsOf(on).map((each) => each.text);
  const push = at(on, "push");
  const isTags =
    at(push, "branches") === null && at(push, "branches-ignore") === null && at(push, "tags") !== null;
  return names.some(
    (name) =>
      /^(?:schedule|workflow_dispatch|workflow_call|merge_group)$/.test(name) || (name === "push" && !isTags),
  );
}

interface JobGround {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly readText: ReadText;
  readonly variables: ReadonlyMap<string, Placed>;
  readonly shell: string | null;
  readonly runsOnMain: boolean;
  readonly unread: Unread[];
}

function readJob(name: string, job: Yaml, ground: JobGround): Job {
  const variables = new Map([...ground.variables, ...placedOf(at(job, "env"))]);
  const matrix = readMatrix(at(job, "strategy", "matrix"));
  const world: World = {
    variables,
    matrix,
    inputs: new Map(),
    steps: new Map(),
    goAxes: new Set(),
    osAxes: new Set(),
  };
  const runsOn = [...textsOf(at(job, "runs-on")), ...textsOf(at(job, "runs-on", "labels"))];
  for (const label of runsOn) for (const axis of axesOf(label.text)) world.osAxes.add(axis);
  const platforms = valuesOfAll(runsOn, world);
  const image = textAt(job, "container") ?? textAt(job, "container", "image");
  const state: JobState = {
    caches: [],
    uses: [],
    commands: [],
    actions: [],
    goVersions: [],
    goVersionTexts: [],
    platforms,
    ground,
  };
  const imageGo = image === null ? null : goOfImage(image.text);
  if (imageGo !== null) {
    state.goVersions.push(imageGo);
    state.goVersionTexts.push(imageGo);
  }
  const shell = textAt(job, "defaults", "run", "shell")?.text ?? ground.shell;
  // The keys are read when all is known about the versions that setup-go installs.
  for (const pass of ["versions", "all"] as const) {
    for (const step of itemsOf(at(job, "steps"))) {
      readStep(step, { state, world, shell, pass, file: ground.file, text: ground.text, depth: 0 });
    }
  }
  return {
    system: "github",
    file: ground.file,
    line: ground.line,
    name,
    platforms,
    goVersions: state.goVersions.includes(null) ? null : [...new Set(state.goVersions as string[])],
    goVersionTexts: [...new Set(state.goVersionTexts)],
    runsOnMain: ground.runsOnMain,
    variables,
    caches: state.caches,
    uses: state.uses,
    commands: state.commands,
    actions: state.actions,
  };
}

interface JobState {
  readonly caches: CacheUse[];
  readonly uses: GoUse[];
  readonly commands: ShellCommand[];
  readonly actions: ActionStep[];
  readonly goVersions: (string | null)[];
  readonly goVersionTexts: string[];
  readonly platforms: readonly string[] | null;
  readonly ground: JobGround;
}

/** What expressions can see. */
interface World {
  readonly variables: Map<string, Placed>;
  readonly matrix: ReadonlyMap<string, readonly string[] | null>;
  readonly inputs: ReadonlyMap<string, Placed>;
  /** Id of a step → the action that it uses, `` for a script. */
  readonly steps: Map<string, string>;
  /** Matrix axes that choose Go's version, and the machine. */
  readonly goAxes: Set<string>;
  readonly osAxes: Set<string>;
}

interface StepGround {
  readonly state: JobState;
  readonly world: World;
  readonly shell: string | null;
  readonly pass: "versions" | "all";
  readonly file: string;
  readonly text: string;
  readonly depth: number;
}

function readStep(step: Yaml, ground: StepGround): void {
  const { world, pass } = ground;
  const uses = textAt(step, "uses");
  const id = textAt(step, "id");
  if (id !== null) world.steps.set(id.text, uses?.text ?? "");
  if (uses !== null) {
    if (uses.text.startsWith("./")) readComposite(uses, step, ground);
    else readAction(uses, step, ground);
    return;
  }
  const run = textAt(step, "run");
  if (run !== null && pass === "all") readRun(run, step, ground);
}

function readRun(run: YamlText, step: Yaml, { state, world, shell, file }: StepGround): void {
  const used = textAt(step, "shell")?.text ?? shell ?? "bash";
  const isDefault = textAt(step, "shell") === null && shell === null;
  const labels = state.platforms ?? [];
  // PowerShell is what Windows runs; of a machine that is not known its grammar is not either.
  if (isDefault && labels.length > 0 && labels.every((label) => /windows/i.test(label))) return;
  const isSure = !isDefault || (labels.length > 0 && !labels.some((label) => /windows/i.test(label)));
  if (!/^(?:ba)?sh\b|\{0\}/.test(used) || /pwsh|powershell|cmd|python|node|perl/.test(used)) return;
  const variables = new Map([...world.variables, ...placedOf(at(step, "env"))]);
  const directory = textAt(step, "working-directory")?.text ?? ".";
  const source = { ...run.source, text: maskExpressions(run.source.text, world) };
  const read = readScript(
    source,
    shellVariables(variables, world),
    directory.includes("${{") ? null : directory,
  );
  state.uses.push(...read.uses);
  state.commands.push(...read.commands);
  if (read.problem !== null && isSure) {
    state.ground.unread.push({ file, line: read.problem.line, reason: read.problem.message });
  }
}

/** Expressions with one known value become it where it has room; the rest is masked, character for character. */
export function maskExpressions(
  text: string,
  world: Pick<World, "variables" | "matrix" | "inputs"> | null,
): string {
  return text.replace(/\$\{\{[\s\S]*?\}\}/g, (expression) => {
    const values = world === null ? null : valuesOf(expression, world);
    const value = values?.length === 1 ? (values[0] ?? "") : null;
    if (value !== null && value.length <= expression.length && /^[\w./:@=-]*$/.test(value) && value !== "") {
      return value + " ".repeat(expression.length - value.length);
    }
    return expression.replace(/[^\n]/g, filledIn);
  });
}

function shellVariables(
  variables: ReadonlyMap<string, Placed>,
  world: World,
): ReadonlyMap<string, ShellWord> {
  return new Map(
    [...variables].map(([name, { text }]) => {
      const values = valuesOf(text, world);
      const [value] = values ?? [];
      return [name, { text: value ?? text, isKnown: values?.length === 1, calls: [] }];
    }),
  );
}

function readComposite(uses: YamlText, step: Yaml, ground: StepGround): void {
  const directory = uses.text.replace(/^\.\//, "").replace(/\/+$/, "");
  const { readText } = ground.state.ground;
  const name = [`${directory}/action.yml`, `${directory}/action.yaml`].find(
    (each) => readText(each) !== null,
  );
  const text = name === undefined ? null : readText(name);
  if (name === undefined || text === null || ground.depth > 4) return;
  const read = readYaml(name, text);
  if ("problem" in read) {
    if (ground.pass === "all") {
      ground.state.ground.unread.push({ file: name, line: read.line, reason: read.problem });
    }
    return;
  }
  const [action] = read.documents;
  const inputs = new Map<string, Placed>();
  for (const [input, { value }] of entriesOf(at(action, "inputs"))) {
    const given = textAt(step, "with", input) ?? textAt(value, "default");
    // What is given may be an expression of the caller's world.
    const values = given === null ? null : valuesOf(given.text, ground.world);
    if (given !== null)
      inputs.set(input, { text: values?.length === 1 ? (values[0] ?? "") : given.text, line: given.line });
  }
  const world = { ...ground.world, inputs, steps: new Map<string, string>() };
  for (const inner of itemsOf(at(action, "runs", "steps"))) {
    readStep(inner, { ...ground, world, file: name, text, depth: ground.depth + 1 });
  }
}

function readAction(uses: YamlText, step: Yaml, ground: StepGround): void {
  const { state, world, pass, file } = ground;
  const [name = "", reference = ""] = uses.text.split("@");
  const inputs = placedOf(at(step, "with"));
  if (name === "actions/setup-go") {
    if (pass === "versions") {
      state.goVersions.push(...versionsOf(inputs, world));
      const file = inputs.get("go-version-file")?.text;
      const text = inputs.get("go-version")?.text ?? (file === undefined ? null : `file:${file}`);
      if (text !== null) state.goVersionTexts.push(text);
    } else {
      const cache = setupGoCache(step, inputs, majorOf(uses, reference, ground), ground);
      if (cache !== null) state.caches.push(cache);
    }
    return;
  }
  if (pass !== "all") return;
  state.actions.push({ file, line: uses.line, name: uses.text, inputs });
  const key = inputs.get("key");
  if (key === undefined || !/(?:^|\/)[\w.-]*cache[\w.-]*(?:\/|$)/.test(name)) return;
  const paths = linesOf(at(step, "with", "path"));
  if (paths.length === 0) return;
  const does = name.endsWith("/restore") ? "restore" : name.endsWith("/save") ? "save" : "both";
  state.caches.push({
    file,
    line: uses.line,
    does,
    by: "cache",
    key: keyOf(key, world, state),
    fallbacks: linesOf(at(step, "with", "restore-keys")).map((each) => keyOf(each, world, state)),
    isPrefix: false,
    paths,
    holds: cacheContents(
      paths.map((path) => ({ ...path, text: (valuesOf(path.text, world) ?? [path.text])[0] ?? path.text })),
      world.variables,
    ),
    isFrozen: true,
  });
}

/** The major version of an action; that of a commit stands in the comment behind it. Null where it can't be told. */
function majorOf(uses: YamlText, reference: string, { text }: StepGround): number | null {
  const named = /^v?(\d{1,3})(?:\.|$)/.exec(reference)?.[1];
  const comment = /#\s*(?:tag[:=]\s*)?v?(\d{1,3})(?:\.|\s|$)/.exec(
    text.split("\n")[uses.line - 1] ?? "",
  )?.[1];
  const major = named ?? comment;
  return major === undefined ? null : Number(major);
}

/** setup-go caches by itself since v4, before (v3) where it was asked to (actions/setup-go, README and action.yml). */
function setupGoCache(
  step: Yaml,
  inputs: ReadonlyMap<string, Placed>,
  major: number | null,
  { world, file }: StepGround,
): CacheUse | null {
  const cache = inputs.get("cache");
  const values = cache === undefined ? [] : valuesOf(cache.text, world);
  const isOn =
    cache === undefined ? (major ?? 4) >= 4 : values?.length === 1 && /^true$/i.test(values[0] ?? "");
  if (!isOn || (major !== null && major < 3)) return null;
  const hashed = inputs.get("cache-dependency-path")?.text ?? ((major ?? 6) >= 6 ? "go.mod" : "go.sum");
  const line = textAt(step, "uses")?.line ?? step.line;
  const version = (inputs.get("go-version") ?? inputs.get("go-version-file"))?.text ?? "";
  return {
    file,
    line,
    does: "both",
    by: "setup-go",
    // Its real form: setup-go-OS-ARCH-IMAGE-go-VERSION-HASH (cache-restore.ts of v5 to v7).
    key: {
      text: `setup-go-…-go-${version}-hash(${hashed.replaceAll("\n", " ").trim()})`,
      line,
      parts: { ...noParts, platform: true, goVersion: true, modules: true },
    },
    fallbacks: [],
    isPrefix: false,
    paths: [],
    holds: { builds: true, modules: true, isUnclear: false },
    isFrozen: true,
  };
}

function versionsOf(inputs: ReadonlyMap<string, Placed>, world: World): (string | null)[] {
  const version = inputs.get("go-version");
  if (version !== undefined && version.text !== "") {
    for (const axis of axesOf(version.text)) world.goAxes.add(axis);
    return valuesOf(version.text, world)?.slice() ?? [null];
  }
  const file = inputs.get("go-version-file");
  return file === undefined ? [] : [`file:${file.text}`];
}

/** `golang:1.24-alpine` → 1.24; null for another image. */
export function goOfImage(image: string): string | null {
  return /(?:^|\/)(?:golang|go):v?(\d[\w.]*)/.exec(image)?.[1] ?? null;
}

const noParts: KeyParts = {
  platform: false,
  goVersion: false,
  modules: false,
  sources: false,
  perRun: false,
  branch: false,
  isUnclear: false,
};

/** What the literal text of a key says by itself. */
export function partsOfText(text: string): KeyParts {
  return {
    ...noParts,
    platform: /linux|ubuntu|debian|alpine|macos|darwin|windows|amd64|arm64|x86|x64|aarch/i.test(text),
    goVersion: /(?:^|[^\d.])1\.\d{1,2}(?:\.\d+)?(?:[^\d]|$)/.test(text),
  };
}

export function joinParts(all: readonly KeyParts[]): KeyParts {
  const any = (name: keyof KeyParts) => all.some((parts) => parts[name]);
  return {
    platform: any("platform"),
    goVersion: any("goVersion"),
    modules: any("modules"),
    sources: any("sources"),
    perRun: any("perRun"),
    branch: any("branch"),
    isUnclear: any("isUnclear"),
  };
}

/** What a hash of these files stands for. @param goFromModule Go's version is taken from go.mod */
export function partsOfFiles(files: readonly string[], goFromModule: boolean): KeyParts {
  const text = files.join(" ");
  const isModule = /go\.(?:mod|\*)|\*\.mod\b/.test(text);
  return {
    ...noParts,
    modules: /go\.(?:sum|mod|work|\*)|\*\.(?:sum|mod)\b|modules\.txt/.test(text),
    goVersion:
      (isModule && goFromModule) ||
      /\.go-version|\.tool-versions|\.goversion|toolchain|go_version/i.test(text),
    sources: files.some((file) => /\.go$|(?:^|\/)\*{1,2}$/.test(file)),
  };
}

function keyOf({ text, line }: Placed, world: World, state: JobState): CacheKey {
  return { text, line, parts: partsOf(text, world, state, 0) };
}

function partsOf(text: string, world: World, state: JobState, depth: number): KeyParts {
  const parts: KeyParts[] = [partsOfText(text.replace(/\$\{\{[\s\S]*?\}\}/g, " "))];
  for (const [, expression = ""] of text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)) {
    parts.push(partsOfExpression(expression, world, state, depth));
  }
  return joinParts(parts);
}

function partsOfExpression(expression: string, world: World, state: JobState, depth: number): KeyParts {
  const parts: KeyParts[] = [];
  const goFromModule = state.goVersions.some(
    (version) => version === null || /^file:.*go\.mod$/.test(version),
  );
  const rest = expression.replace(/hashFiles\(([^)]*)\)/g, (_, list: string) => {
    const files = [...list.matchAll(/'([^']*)'/g)].map(([, file = ""]) => file);
    parts.push(files.length === 0 ? { ...noParts, isUnclear: true } : partsOfFiles(files, goFromModule));
    return " ";
  });
  for (const [, context = "", name = ""] of rest.matchAll(
    /\b(runner|matrix|github|env|vars|secrets|inputs|steps|needs|job|strategy)\.([\w.-]+)/g,
  )) {
    parts.push(partsOfReference(context, name, world, state, depth));
  }
  return parts.length === 0
    ? /^\s*'[^']*'\s*$/.test(rest)
      ? noParts
      : { ...noParts, isUnclear: true }
    : joinParts(parts);
}

function partsOfReference(
  context: string,
  name: string,
  world: World,
  state: JobState,
  depth: number,
): KeyParts {
  const unclear = { ...noParts, isUnclear: true };
  const nested = (value: Placed | undefined) =>
    value === undefined || depth > 4 ? unclear : partsOf(value.text, world, state, depth + 1);
  switch (context) {
    case "runner":
      return { ...noParts, platform: /^(?:os|arch)$/.test(name) };
    case "matrix": {
      const axis = name.split(".")[0] ?? name;
      const isGo = world.goAxes.has(axis) || /^go(?:-?_?version)?$/i.test(axis);
      const isPlatform =
        world.osAxes.has(axis) || /^(?:os|platform|runner|arch|goos|goarch|target|image)$/i.test(axis);
      const text = joinParts((world.matrix.get(axis) ?? []).map(partsOfText));
      return { ...text, goVersion: isGo || text.goVersion, platform: isPlatform || text.platform };
    }
    case "github":
      if (/^(?:sha|run_id|run_number|run_attempt)$|\.sha$|head_commit/.test(name))
        return { ...noParts, perRun: true };
      if (/ref|number/.test(name)) return { ...noParts, branch: true };
      return /^(?:workflow|job|repository|event_name|actor)$/.test(name) ? noParts : unclear;
    case "env":
      return name === "ImageOS" ? { ...noParts, platform: true } : nested(world.variables.get(name));
    case "inputs":
      return nested(world.inputs.get(name));
    case "vars":
    case "secrets":
    case "job":
    case "strategy":
      return noParts;
    case "steps": {
      const [id = "", , output = ""] = name.split(".");
      const isGo =
        world.steps.get(id)?.startsWith("actions/setup-go") === true || /go.?v(?:er)?/i.test(output);
      return isGo ? { ...noParts, goVersion: true } : unclear;
    }
    default:
      return /go.?version/i.test(name) ? { ...unclear, goVersion: true } : unclear;
  }
}

function readMatrix(matrix: Yaml | null): Map<string, readonly string[] | null> {
  const axes = new Map<string, readonly string[] | null>();
  for (const [axis, { value }] of entriesOf(matrix)) {
    if (axis === "exclude" || axis === "include") continue;
    axes.set(axis, value.kind === "list" ? valuesInList(value.items) : null);
  }
  for (const row of itemsOf(at(matrix, "include"))) {
    for (const [axis, { value }] of entriesOf(row)) {
      const before = axes.get(axis);
      if (before === null) continue;
      const own = value.kind === "text" ? value.text : null;
      axes.set(axis, own === null ? null : [...(before ?? []), own]);
    }
  }
  return axes;
}

function valuesInList(items: readonly Yaml[]): readonly string[] | null {
  const texts = items.flatMap((item) => (item.kind === "text" ? [item.text] : []));
  return texts.length === items.length ? texts : null;
}

function axesOf(text: string): string[] {
  return [...text.matchAll(/matrix\.([\w-]+)/g)].map(([, axis = ""]) => axis);
}

function valuesOfAll(texts: readonly Placed[], world: World): readonly string[] | null {
  const all = texts.map(({ text }) => valuesOf(text, world));
  return all.includes(null) ? null : [...new Set(all.flatMap((values) => values ?? []))];
}

/** The values that a text may have: one where it holds no expression; null where they can't be told. */
function valuesOf(
  text: string,
  world: Pick<World, "variables" | "matrix" | "inputs">,
  depth = 0,
): readonly string[] | null {
  const found = /\$\{\{\s*([\s\S]*?)\s*\}\}/.exec(text);
  if (found === null) return [text];
  const [, expression = ""] = found;
  if (depth > 4) return null;
  const reference = /^(matrix|env|inputs)\.([\w-]+)$/.exec(expression);
  const [, context = "", name = ""] = reference ?? [];
  const raw: readonly (string | undefined)[] | null | undefined =
    context === "matrix"
      ? world.matrix.get(name)
      : context === ""
        ? literalOf(expression)
        : [(context === "env" ? world.variables : world.inputs).get(name)?.text];
  if (raw === null || raw === undefined) return null;
  const values = raw.flatMap((value): readonly (string | null)[] => {
    if (value === undefined) return [null];
    const whole = text.slice(0, found.index) + value + text.slice(found.index + found[0].length);
    return valuesOf(whole, world, depth + 1) ?? [null];
  });
  return values.includes(null) ? null : [...new Set(values as string[])];
}

function literalOf(expression: string): readonly string[] | null {
  const literal =
    /^'([^']*)'$/.exec(expression)?.[1] ?? (/^(?:true|false)$/.test(expression) ? expression : null);
  return literal === null ? null : [literal];
}

function placedOf(map: Yaml | null): Map<string, Placed> {
  return new Map(
    entriesOf(map).flatMap(([name, { value }]) =>
      value.kind === "text" ? [[name, { text: value.text, line: value.line }] as const] : [],
    ),
  );
}
