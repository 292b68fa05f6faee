import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { diagnose, severities } from "../../doctor/diagnose.ts";
import type { Severity } from "../../doctor/finding.ts";
import { readCheckout } from "../../doctor/read/checkout.ts";
import { checkoutFiles } from "../../go/checkout-files.ts";
import { userEnvironment } from "../../go/environment.ts";
import { findCheckout } from "../../go/git-head.ts";
import type { Doctor } from "../../report/doctor.ts";
import { renderDoctorJson, renderDoctorMarkdown } from "../../report/renderers/doctor.ts";
import { renderDoctor } from "../../report/renderers/terminal/doctor.ts";
import type { ReportOptions } from "../options.ts";
import { groundOf } from "../record/ground.ts";
import { withoutSecrets } from "../say.ts";
import { viewFor } from "../view.ts";
import { writeText } from "../write-text.ts";

export interface DoctorInput {
  readonly format: "terminal" | "json" | "markdown";
  /** Exit with 10 where a finding is at least as grave; null for never. */
  readonly failOn: Severity | null;
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
  const { files } = checkoutFiles(root, env);
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
  const findings = await Promise.all(
    diagnose(checkup).map(async (finding) => ({
      ...finding,
      message: await withoutSecrets(finding.message),
      evidence: await withoutSecrets(finding.evidence),
      fix: await withoutSecrets(finding.fix),
    })),
  );
  const value: Doctor = {
    schemaVersion: 1,
    tool: { name: "gocache-why", version: input.version },
    findings,
    silenced: [],
    read: { files: [...texts].flatMap(([path, text]) => (text === null ? [] : [path])).sort(), runs: 0 },
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
