import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { compareFindings, diagnose, severities, toFinding } from "../../doctor/diagnose.ts";
import type { Finding, Severity } from "../../doctor/finding.ts";
import type { PastCause } from "../../doctor/machine.ts";
import { readCheckout } from "../../doctor/read/checkout.ts";
import { checkoutFiles } from "../../go/checkout-files.ts";
import { userEnvironment } from "../../go/environment.ts";
import { findCheckout } from "../../go/git-head.ts";
import type { Doctor, DoctorExperiment } from "../../report/doctor.ts";
import { renderDoctorJson, renderDoctorMarkdown } from "../../report/renderers/doctor.ts";
import { renderDoctor } from "../../report/renderers/terminal/doctor.ts";
import { wouldSave } from "../../report/would-save.ts";
import type { Config } from "../config/config.ts";
import { configName } from "../config/find-config.ts";
import { readConfig } from "../config/read-config.ts";
import { lookAtMachine } from "../doctor/look-at-machine.ts";
import type { ReportOptions } from "../options.ts";
import { groundOf } from "../record/ground.ts";
import { withoutSecrets } from "../say.ts";
import { viewFor } from "../view.ts";
import { writeText } from "../write-text.ts";

export interface DoctorInput {
  readonly format: "terminal" | "json" | "markdown";
  /** Exit with 10 where a finding is at least as grave; null for never. */
  readonly failOn: Severity | null;
  /** Minutes that really building may take; null where nothing is built. */
  readonly experiment: number | null;
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Files that are longer are no configuration that people write. */
const mostBytes = 2 << 20;

/** Looks at the checkout, the machine and the history for what costs misses. @returns 10 where `failOn` says so */
export async function doctor(input: DoctorInput): Promise<number> {
  const { process, options, format } = input;
  const env = userEnvironment(process.env);
  const root = rootOf(process.cwd(), env);
  const { files, isTracked } = checkoutFiles(root, env);
  const texts = new Map<string, string | null>();
  const readText = (path: string): string | null => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = readSmall(join(root, path));
    texts.set(path, text);
    return text;
  };
  const readHead = (path: string): string | null => readBeginning(join(root, path));
  const checkup = readCheckout({ files, readText, readHead });
  const machine = await lookAtMachine(process.cwd(), env, root, isTracked ? files : []);
  const { config, problems } = await readConfig(process.cwd());
  const built =
    input.experiment === null
      ? null
      : await (await import("../doctor/experiment.ts")).runExperiment({
          root,
          cwd: process.cwd(),
          env,
          minutes: input.experiment,
          quiet: options.quiet,
          process,
        });
  const all = [
    ...diagnose(checkup, machine),
    ...(built?.sightings ?? []).map(toFinding),
    ...problems.map(configProblem),
  ].sort(compareFindings);
  const told = all.map((finding) => ({ finding, reason: reasonOf(finding, config.doctor.ignore) }));
  const causes = machine.history?.causes ?? [];
  const findings = await Promise.all(
    told.flatMap(({ finding, reason }) => (reason === null ? [clean(finding, causes)] : [])),
  );
  const value: Doctor = {
    schemaVersion: 1,
    tool: { name: "gocache-why", version: input.version },
    findings,
    silenced: told.flatMap(({ finding: { code, file, line }, reason }) =>
      reason === null ? [] : [{ code, file, line, reason }],
    ),
    read: {
      files: [...texts].flatMap(([path, text]) => (text === null ? [] : [path])).sort(),
      runs: machine.history?.runs ?? 0,
    },
    ...(built === null ? {} : { experiment: await withoutSecretsIn(built.experiment) }),
  };
  const view = viewFor(options.output === null ? process.stdout : null, options, process.env);
  const text =
    format === "json"
      ? renderDoctorJson(value)
      : format === "markdown"
        ? renderDoctorMarkdown(value)
        : renderDoctor(value, view);
  const status = await writeText(text, { output: options.output, warnings: [], process });
  if (status !== 0 || input.failOn === null) return status;
  const limit = severities.indexOf(input.failOn);
  return findings.some((finding) => severities.indexOf(finding.severity) <= limit) ? 10 : 0;
}

/** Nothing is shown as it came out of a file or of a program: it may hold a secret. */
async function clean(finding: Finding, causes: readonly PastCause[]): Promise<Finding> {
  const [message, evidence, fix] = await Promise.all(
    [finding.message, finding.evidence, finding.fix].map((text) => withoutSecrets(text)),
  );
  return {
    ...finding,
    message: message ?? "",
    evidence: evidence ?? "",
    fix: fix ?? "",
    wouldSave: wouldSave(finding, causes),
  };
}

async function withoutSecretsIn(experiment: DoctorExperiment): Promise<DoctorExperiment> {
  const { command, problem } = experiment;
  return {
    ...experiment,
    command: command === null ? null : await withoutSecrets(command),
    problem: problem === null ? null : await withoutSecrets(problem),
  };
}

/** Why the config file silences a finding; null where it does not. */
function reasonOf(finding: Finding, ignored: Config["doctor"]["ignore"]): string | null {
  const found = ignored.find(
    ({ code, file }) => code === finding.code && (file === null || file === finding.file),
  );
  return found?.reason ?? null;
}

/** `file:line: message`, as the reader of the config file tells it. */
function configProblem(problem: string): Finding {
  const [, file = configName, line, text = problem] = /^([^:\s]+):(\d+): (.*)$/s.exec(problem) ?? [];
  const place = { file, line: line === undefined ? null : Number(line) };
  return toFinding({ code: "config-problem", ...place, values: { problem: text }, evidence: problem });
}

/** The checkout that one stands in, else the module's directory, else where one stands. */
function rootOf(cwd: string, env: Readonly<Record<string, string>>): string {
  const { gowork, gomod } = groundOf(cwd, null, env);
  const module = gowork ?? gomod;
  return findCheckout(cwd) ?? (module === null ? cwd : dirname(module));
}

function readSmall(path: string): string | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= mostBytes ? readFileSync(path, "utf8") : null;
  } catch {
    return null;
  }
}

function readBeginning(path: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return null;
  }
  try {
    const head = Buffer.alloc(8192);
    return head.toString("utf8", 0, readSync(descriptor, head, 0, head.length, 0));
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}
