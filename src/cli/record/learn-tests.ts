import { join } from "node:path";
import { createFileStates, type FileStates, isDirectory, isRegular } from "../../go/file-states.ts";
import { goProcessEnvironment } from "../../go/go-process-environment.ts";
import type { GoSettings } from "../../go/settings.ts";
import {
  type EarlierInputs,
  evaluateTestLog,
  type KnownStates,
  lineDigest,
  type TestInputsQuestion,
  type TestInputsResult,
  variableDigest,
} from "../../go/test-inputs.ts";
import { openTestResults, openTracedResults, type TestResults } from "../../go/test-results.ts";
import { localTimeZone } from "../../go/time-zone.ts";
import { type TestArguments, testArguments } from "../../keys/test-arguments.ts";
import {
  coverMetaDigest,
  type TestIdentity,
  testIdOf,
  testLookupKey,
  testResultKey,
} from "../../keys/test-key.ts";
import { type Hide, hideDigest, hideVariable } from "../../log/hide-secrets.ts";
import type { CacheNotes } from "../../model/cache-trace.ts";
import type { GoCommand } from "../../model/go-command.ts";
import { minorOf } from "../../model/go-release.ts";
import type { GraphNode } from "../../model/graph-node.ts";
import { contentIdOf, type Digest } from "../../model/ids.ts";
import { programOf, type Run } from "../../model/run.ts";
import {
  coveredInput,
  coverProfileInput,
  type TestCoverage,
  type TestFacts,
  type TestInputKind,
  type TestInputs,
  type TooNewFile,
} from "../../model/test-inputs.ts";
import { bytesOfText, textOfBytes } from "../../util/byte-text.ts";
import { quote, takeQuoted } from "../../util/go-quote.ts";
import type { Ground } from "./ground.ts";

/** What became of one test run. */
export interface TestOutcome {
  readonly outcome: "hit" | "ran" | "unknown";
  /** It ran, and go kept no result though it would have kept a good one. */
  readonly failed: boolean;
  readonly facts: TestFacts;
}

export interface TestsInput {
  readonly graph: readonly GraphNode[];
  readonly command: GoCommand;
  readonly settings: GoSettings;
  /** The environment that go was given. */
  readonly env: Readonly<Record<string, string>>;
  readonly ground: Ground;
  readonly exitCode: number;
  readonly baseline: Run | null;
  readonly hide: Hide;
  /** What the cache program was asked and answered; null or left out where it was not traced. */
  readonly cacheNotes?: CacheNotes | null;
  /** Files as they are after the run; the machine's own where it is left out. */
  readonly files?: FileStates;
}

/** More inputs of one test than these are counted, not kept: a record stays small whatever a test walks through. */
const mostInputs = 5000;
const mostTooNew = 20;

/**
 * Puts together, after go has ended, what became of each test and what its result depends on: from the graph's link of its
 * binary, the test log that Go stored, and files and variables as they are now. It only reads; go is not asked.
 * @returns tested package → outcome; a test that go did not come to is not in it
 */
export function learnTests(input: TestsInput): ReadonlyMap<string, TestOutcome> {
  const study = studyOf(input);
  const found = new Map<string, TestOutcome>();
  for (const node of input.graph) {
    if (node.mode !== "test run" || node.timeDone === null) continue;
    const link = linkOf(node, input.graph);
    // Where its binary could not be built, the test was not run.
    if (link?.actionId == null || (link.commands > 0 && link.buildId === null)) continue;
    const outcome = outcomeOf(node, link, study);
    if (outcome?.outcome === "ran" && input.exitCode !== 0 && isPassedOver(node, input.graph)) continue;
    if (outcome !== null) found.set(node.package, outcome);
  }
  return found;
}

/** The packages whose tests were asked for and not run, sorted: their binary could not be built, or vet found something. */
export function testsNotRun(
  graph: readonly GraphNode[],
  tests: ReadonlyMap<string, TestOutcome>,
): readonly string[] {
  return graph
    .flatMap((node) => {
      if (node.mode !== "test run" || linkOf(node, graph) === null) return [];
      return tests.has(node.package) ? [] : node.package;
    })
    .sort();
}

/**
 * Whether vet, which comes before it, found something, so that the test was not run. The graph says neither that a node failed nor
 * that it was passed over: that takes go some 6 µs, and a test binary that ends at once 1.4 ms and more (Go 1.22, 1.26, one machine).
 */
function isPassedOver(node: GraphNode, graph: readonly GraphNode[]): boolean {
  const { timeStart, timeDone } = node;
  const vet = dependencyOf(node, graph, "vet", node.package);
  return vet !== null && timeStart !== null && timeDone !== null && timeDone - timeStart < 0.6;
}

/** The packages whose build each test result depends on under -coverpkg (Go 1.26+), in Go's order; else none. */
export function coveredPackages({ graph, command, settings }: TestsInput): readonly string[] {
  if (minorOf(settings.goVersion) < 26 || flagOf(command, "-coverpkg") === null) return [];
  return coverNode(graph).flatMap((node) => (node.actionId === null ? [] : node.package));
}

/** What this node waits for are the builds of all packages that are tested (test/test.go writeCoverMetaAct, Go 1.22–1.27). */
function coverNode(graph: readonly GraphNode[]): readonly GraphNode[] {
  const node = graph.find(({ mode }) => mode === "write coverage meta-data file");
  return node?.deps.flatMap((at) => graph[at] ?? []) ?? [];
}

function coverageOf({ graph, command, settings }: TestsInput): TestCoverage | undefined {
  const minor = minorOf(settings.goVersion);
  const profile = minor >= 25 && flagOf(command, "-coverprofile") !== null;
  const isCovering = minor >= 26 && flagOf(command, "-coverpkg") !== null;
  const ids = isCovering ? coverNode(graph).flatMap(({ actionId }) => actionId ?? []) : [];
  // Without any such package Go has no node to ask.
  const covers = ids.length === 0 ? null : coverMetaDigest(settings.goVersion, ids);
  return profile || covers !== null ? { profile, covers } : undefined;
}

function flagOf(command: GoCommand, name: string): string | null {
  const value = command.flags.find((flag) => flag.name === name)?.value ?? "";
  return value === "" ? null : value;
}

/** The link of the binary that a test runs; null for a package without tests. */
export function linkOf(node: GraphNode, graph: readonly GraphNode[]): GraphNode | null {
  return dependencyOf(node, graph, "link", `${node.package}.test`);
}

/** What a test run waits for, itself or behind go's test barriers; null where there is none such. */
function dependencyOf(
  node: GraphNode,
  graph: readonly GraphNode[],
  mode: string,
  name: string,
): GraphNode | null {
  const seen = new Set<number>();
  const stack = [...node.deps];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const dependency = graph[at];
    if (dependency === undefined || seen.has(at)) continue;
    seen.add(at);
    if (dependency.mode === mode && dependency.package === name) return dependency;
    if (dependency.mode === "test barrier" || dependency.mode === "test run") stack.push(...dependency.deps);
  }
  return null;
}

interface Study {
  readonly input: TestsInput;
  readonly results: TestResults;
  /** What Go stored can't be had. */
  readonly isUntold: boolean;
  readonly words: TestArguments;
  readonly coverage: TestCoverage | undefined;
  readonly expireMs: number | null;
  readonly before: ReadonlyMap<string, TestInputs | null>;
  question(name: string, atMs: number): TestInputsQuestion | null;
}

function studyOf(input: TestsInput): Study {
  const { settings, env, command } = input;
  const isProgram = programOf(input) !== null;
  const notes = isProgram ? (input.cacheNotes ?? null) : null;
  const results =
    notes === null
      ? openTestResults(isProgram ? null : settings.gocache)
      : openTracedResults(notes, settings.gocache);
  const insideGo = goProcessEnvironment(env, settings.env);
  const files = input.files ?? createFileStates();
  const known: KnownStates = new Map();
  const zone = localTimeZone({ tz: insideGo("TZ"), goroot: settings.goroot });
  const minor = minorOf(settings.goVersion);
  const before = new Map(
    (input.baseline?.actions ?? []).flatMap((action) =>
      action.kind === "test" ? [[action.package, action.test?.kept ?? null] as const] : [],
    ),
  );
  return {
    input,
    results,
    isUntold: isProgram && notes === null,
    words: testArguments(command, settings.goflags, settings.goVersion),
    coverage: coverageOf(input),
    expireMs: results.testExpireMs(),
    before,
    question(name, atMs) {
      const place = placeOfTest(name, input);
      if (place === null) return null;
      return {
        salt: settings.goVersion,
        hashesGodebug: minor >= 23,
        packageDirectory: place.directory,
        root: place.root,
        env: insideGo,
        describeEnv: (variable, value) =>
          value === undefined
            ? "unset"
            : quote(Buffer.from(hideVariable(variable, value, input.hide).value).toString("latin1")),
        zone,
        files,
        known,
        atMs,
      };
    },
  };
}

/** Where a package lies: below a main module's root, or in the standard library. */
function placeOfTest(
  name: string,
  { ground, settings }: TestsInput,
): { directory: string; root: string } | null {
  const plain = name.replace(/_test$/, "");
  let best: { path: string; root: string } | null = null;
  for (const [path, root] of Object.entries(ground.modules)) {
    const isInside = plain === path || plain.startsWith(`${path}/`);
    if (isInside && path.length > (best?.path.length ?? -1)) best = { path, root };
  }
  if (best !== null) return { directory: best.root + plain.slice(best.path.length), root: best.root };
  const isStandard = !(plain.split("/", 1)[0] ?? "").includes(".");
  if (!isStandard || settings.goroot === "") return null;
  return { directory: `${settings.goroot}/src/${plain}`, root: settings.goroot };
}

function outcomeOf(node: GraphNode, link: GraphNode, study: Study): TestOutcome | null {
  const { words } = study;
  const [refused] = words.notCacheable;
  const plain = {
    notCacheable: [],
    tooNew: [],
    expired: false,
    asked: null,
    paid: [],
    kept: null,
    unseen: [],
    proven: null,
  };
  if (refused !== undefined) {
    const notCacheable = words.notCacheable.map(({ flag }) => flag);
    return { outcome: "ran", failed: false, facts: { ...plain, notCacheable } };
  }
  const question = study.question(node.package, node.timeStart ?? node.timeDone ?? Date.now());
  if (question === null) return { outcome: "unknown", failed: false, facts: plain };
  // A link that did not run was spared by a result that was there already (test/test.go: id1 is tried before it).
  const wasSpared = link.commands === 0 && link.buildId === null;
  if (study.isUntold) {
    const facts: TestFacts = { ...plain, untold: true };
    return { outcome: wasSpared ? "hit" : "unknown", failed: false, facts };
  }
  const stored = storedUnder(link, question, study, node);
  if (wasSpared) return { outcome: "hit", failed: false, facts: { ...plain, ...keptOf(stored, study) } };
  const isHit =
    stored?.result != null && stored.result.putAtMs < (node.timeStart ?? 0) && stored.result.accepted;
  const isLate = isHit && study.expireMs !== null && stored.result.putAtMs < study.expireMs;
  if (isHit && !isLate)
    return { outcome: "hit", failed: false, facts: { ...plain, ...keptOf(stored, study) } };
  const wasKept = stored?.result != null && stored.result.putAtMs >= (node.timeStart ?? 0);
  const asked = askedBefore(node, link, question, study);
  const seen = [...(asked?.tooNew ?? []), ...(wasKept ? [] : (stored?.inputs.tooNew ?? []))];
  const mayBe = wasKept || seen.length > 0 || study.input.exitCode !== 0 ? [] : changedDuring(node, question);
  const tooNew = [...seen.map(({ name, ageMs }) => ({ path: name, ageMs: Math.round(ageMs) })), ...mayBe];
  const facts: TestFacts = {
    ...plain,
    ...(wasKept ? keptOf(stored, study) : {}),
    unseen: stored?.inputs.outside ?? [],
    tooNew: tooNew.slice(0, mostTooNew),
    expired: isExpired(study, node),
    asked: asked?.inputs ?? null,
    paid: asked?.paid ?? [],
    proven: asked?.proven ?? null,
  };
  const failed = !wasKept && tooNew.length === 0 && study.input.exitCode !== 0;
  return { outcome: "ran", failed, facts };
}

/**
 * Files in the package's folder that were less than two seconds old when the test ended. Where go keeps no result of a test that
 * passed, it leaves no log of it either (its work directory is gone): most likely one of these is why.
 */
function changedDuring(
  node: GraphNode,
  { packageDirectory, files }: TestInputsQuestion,
): readonly TooNewFile[] {
  const endMs = node.timeDone ?? Date.now();
  const found: TooNewFile[] = [];
  let left = mostLookedAt;
  const look = (directory: string, depth: number): void => {
    const names = files.list(directory);
    for (const name of typeof names === "string" ? [] : names) {
      if (left-- <= 0) return;
      const path = join(directory, name);
      const status = files.lstat(path);
      if (typeof status === "string") continue;
      if (isDirectory(status)) {
        if (depth > 0) look(path, depth - 1);
        continue;
      }
      const ageMs = isRegular(status)
        ? endMs - Number(status.mtime / 1000n) / 1000
        : Number.POSITIVE_INFINITY;
      if (ageMs < 2000) found.push({ path: textOfBytes(path), ageMs: Math.round(ageMs), inferred: true });
    }
  };
  look(bytesOfText(packageDirectory), 3);
  return found.sort((a, b) => a.ageMs - b.ageMs);
}

const mostLookedAt = 2000;

interface Stored {
  readonly identity: TestIdentity;
  readonly inputs: TestInputsResult;
  /** What Go looks for; under coverage not the result's own key. */
  readonly key: Digest | null;
  readonly result: { readonly putAtMs: number; readonly accepted: boolean } | null;
}

/** What the cache has for this binary and these arguments: by the link's key, else by the binary's content. */
function storedUnder(
  link: GraphNode,
  question: TestInputsQuestion,
  study: Study,
  node: GraphNode,
): Stored | null {
  let other: Stored | null = null;
  for (const binary of [link.actionId, contentIdOf(link.buildId)]) {
    if (binary === null) continue;
    const identity = identityOf(binary, question, study);
    const testId = testIdOf(identity);
    const log = study.results.readTestLog(testId);
    if (log === null) continue;
    // At the end of the test, when go keeps the result: what is younger then than two seconds is kept back.
    const inputs = evaluateTestLog(log.chunks(), { ...question, atMs: node.timeDone ?? Date.now() });
    const key = inputs.digest === null ? null : testLookupKey(testId, inputs.digest, study.coverage);
    const result =
      inputs.digest === null ? null : resultOf(testId, inputs.digest, study.coverage, study.results);
    const found = { identity, inputs, key, result };
    if (result !== null) return found;
    other ??= found;
  }
  return other;
}

/** What Go finds of a result: under coverage only where what is kept beside it is there, too. Both are stored by each run. */
function resultOf(
  testId: Digest,
  inputs: Digest,
  coverage: TestCoverage | undefined,
  results: TestResults,
): Stored["result"] {
  const result = results.readResult(testResultKey(testId, inputs));
  if (result === null || coverage === undefined) return result;
  const besideMs = results.storedAtMs(testLookupKey(testId, inputs, coverage));
  return besideMs === null ? null : { ...result, putAtMs: Math.max(result.putAtMs, besideMs) };
}

function identityOf(binary: string, question: TestInputsQuestion, study: Study): TestIdentity {
  return { salt: question.salt, binary, args: study.words.args, exec: [] };
}

function keptOf(
  stored: Stored | null,
  { coverage, input: { hide } }: Study,
): Pick<TestFacts, "kept" | "unseen"> {
  if (stored?.key == null || stored.result === null)
    return { kept: null, unseen: stored?.inputs.outside ?? [] };
  const kept = asInputs(stored.identity, stored.key, stored.inputs, coverage, hide);
  return { kept, unseen: stored.inputs.outside };
}

/**
 * From Go's own key of a result a short hidden value could be guessed: all else that it is made of is known. It is kept as a keyed
 * one then, which compares all the same.
 */
function guarded(
  digest: Digest,
  entries: readonly Pick<TestInputsResult["entries"][number], "op" | "value">[],
  hide: Hide,
): Digest {
  const isSecret = entries.some(({ op, value }) => op === "env" && value.includes("<hidden:"));
  return isSecret ? (hideDigest(digest, hide) as Digest) : digest;
}

function asInputs(
  identity: TestIdentity,
  digest: Digest,
  found: TestInputsResult,
  coverage: TestCoverage | undefined,
  hide: Hide,
): TestInputs {
  const inputs = found.entries.slice(0, mostInputs);
  return {
    digest: guarded(digest, found.entries, hide),
    salt: identity.salt,
    binary: identity.binary,
    args: identity.args,
    inputs: inputs.map(({ op, name, value }) => ({ kind: op, name, value })),
    order: inputs.length === found.entries.length ? found.order : null,
    omitted: found.entries.length - inputs.length + found.omitted,
    ...(coverage === undefined ? {} : { coverage }),
  };
}

interface Asked {
  readonly inputs: TestInputs;
  readonly tooNew: TestInputsResult["tooNew"];
  readonly paid: readonly string[];
  readonly proven: Digest | null;
}

/**
 * What go looked up, as far as the baseline tells: the inputs of its result, with their present values. Go would have looked
 * nothing up where one of the files was too young; the key is told all the same, since it says what changed.
 */
function askedBefore(
  node: GraphNode,
  link: GraphNode,
  question: TestInputsQuestion,
  study: Study,
): Asked | null {
  const before = study.before.get(node.package);
  if (before == null || link.actionId === null) return null;
  const asked = earlierInputs(before);
  const now = evaluateTestLog(asked, { ...question, atMs: anyAge });
  const identity = identityOf(link.actionId, question, study);
  const isSame =
    before.binary === identity.binary &&
    before.salt === identity.salt &&
    before.args.join("\n") === identity.args.join("\n") &&
    isSameCoverage(before.coverage, study.coverage) &&
    now.entries.every((entry, at) => entry.value === before.inputs[at]?.value);
  const testId = testIdOf(identity);
  // What changed may be among the inputs that are not kept: then only the key that go stored this time can tell.
  if (isSame && before.omitted > 0) return null;
  // Without the order of a long log the key can't be had; that it is another one can be told.
  const made = now.digest === null ? testId : testLookupKey(testId, now.digest, study.coverage);
  const inputs = {
    ...asInputs(identity, made, now, study.coverage, study.input.hide),
    omitted: before.omitted,
  };
  const earlier = partsWith(before, changedOf(before, now), question, before);
  const isProven =
    earlier !== null &&
    guarded(
      testLookupKey(earlier.testId, earlier.inputs, before.coverage),
      before.inputs.map(({ kind, value }) => ({ op: kind, value })),
      study.input.hide,
    ) === before.digest;
  return {
    // Without the order of a long log the key can't be had; that it is the same can be told.
    inputs: now.digest === null && isSame ? { ...inputs, digest: before.digest } : inputs,
    tooNew: evaluateTestLog(asked, question).tooNew,
    paid: isSame ? [] : paidOf(before, now, identity, question, study, node),
    proven: isProven ? before.digest : null,
  };
}

/** One thing that is not what it was, with what it says of the inputs that it made. */
interface Changed {
  /** The variable or path; null for the binary, its arguments and the Go version. */
  readonly name: string | null;
  readonly inputs: readonly { readonly id: string; readonly op: TestInputKind; readonly was: string }[];
}

function changedOf(before: TestInputs, now: TestInputsResult): readonly Changed[] {
  const byName = new Map<string, Changed["inputs"]>();
  for (const [at, { op, name, value }] of now.entries.entries()) {
    const was = before.inputs[at]?.value;
    if (was === undefined || was === value) continue;
    byName.set(name, [...(byName.get(name) ?? []), { id: `${op} ${name}`, op, was }]);
  }
  return [...byName].map(([name, inputs]) => ({ name, inputs }));
}

function isSameCoverage(one: TestCoverage | undefined, other: TestCoverage | undefined): boolean {
  return one?.profile === other?.profile && one?.covers === other?.covers;
}

interface KeyParts {
  readonly testId: Digest;
  readonly inputs: Digest;
}

/** What a key is made of with some of what changed put back; null where an earlier value is hidden, or the log was too long. */
function partsWith(
  before: TestInputs,
  putBack: readonly Changed[],
  question: TestInputsQuestion,
  identity: TestIdentity | TestInputs,
): KeyParts | null {
  if (before.order === null || before.omitted > 0) return null;
  const { salt, binary, args } = identity;
  const instead = new Map<string, Digest>();
  for (const { id, op, was } of putBack.flatMap(({ inputs }) => inputs)) {
    const digest = op === "env" ? earlierVariable(was, salt) : lineDigest(salt, op, was);
    if (digest === null) return null;
    instead.set(id, digest);
  }
  const { digest } = evaluateTestLog(earlierInputs(before), {
    ...question,
    salt,
    known: salt === question.salt ? question.known : undefined,
    atMs: anyAge,
    instead: (op, name) => instead.get(`${op} ${name}`),
  });
  return digest === null ? null : { testId: testIdOf({ salt, binary, args, exec: [] }), inputs: digest };
}

/** More things than these that changed at once are not told apart: all are to blame. */
const mostToldApart = 8;

/**
 * Of what changed, what go had been paid for: the smallest set that, put back, gives a key that had a result before the run is
 * to blame, and the rest is not.
 */
function paidOf(
  before: TestInputs,
  now: TestInputsResult,
  identity: TestIdentity,
  question: TestInputsQuestion,
  study: Study,
  node: GraphNode,
): readonly string[] {
  const isOther =
    before.binary !== identity.binary ||
    before.args.join("\n") !== identity.args.join("\n") ||
    before.salt !== identity.salt ||
    !isSameCoverage(before.coverage, study.coverage);
  const changed: readonly Changed[] = [
    ...changedOf(before, now),
    ...(isOther ? [{ name: null, inputs: [] }] : []),
  ];
  if (changed.length < 2 || changed.length > mostToldApart) return [];
  const sets = Array.from({ length: 2 ** changed.length - 2 }, (_, bits) =>
    changed.filter((_each, at) => ((bits + 1) >> at) % 2 === 1),
  ).sort((a, b) => a.length - b.length);
  const guilty = sets.find((set) => {
    const isOwn = set.some(({ name }) => name === null);
    const parts = partsWith(before, set, question, isOwn ? before : identity);
    const coverage = isOwn ? before.coverage : study.coverage;
    const result = parts === null ? null : resultOf(parts.testId, parts.inputs, coverage, study.results);
    return result?.accepted === true && result.putAtMs < (node.timeStart ?? 0);
  });
  if (guilty === undefined) return [];
  return changed
    .filter((each) => !guilty.includes(each))
    .flatMap(({ name, inputs }) => (name === null ? ownParts(study) : inputs.map(({ id }) => id)));
}

/** The inputs of `segmentsOfTest` that are none that the test reads. */
function ownParts({ input }: Study): readonly string[] {
  const covered = new Set([...(input.baseline?.covered ?? []), ...coveredPackages(input)]);
  return ["salt", "test binary", "test arguments", coverProfileInput, ...[...covered].map(coveredInput)];
}

function earlierInputs({ inputs, order }: TestInputs): EarlierInputs {
  return { entries: inputs.map(({ kind, name }) => ({ op: kind, name })), order };
}

/** A moment from which no file is too new: age is no part of a key. */
const anyAge = Number.POSITIVE_INFINITY;

/** A variable's earlier value where the record shows it; a token gives none. */
function earlierVariable(value: string, salt: string): Digest | null {
  if (value === "unset") return variableDigest(salt, undefined);
  const text = takeQuoted(value)?.values[0];
  return text === undefined || text.includes("<hidden:")
    ? null
    : variableDigest(salt, Buffer.from(text, "latin1").toString());
}

/** `go clean -testcache` was run after the baseline had ended, so that its result and all older ones did not count. */
function isExpired({ input, expireMs }: Study, node: GraphNode): boolean {
  const { baseline } = input;
  if (expireMs === null || baseline?.startedAt == null) return false;
  const endedMs = Date.parse(baseline.startedAt) + (baseline.clockSeconds ?? 0) * 1000;
  return expireMs > endedMs && expireMs <= (node.timeStart ?? Date.now());
}
