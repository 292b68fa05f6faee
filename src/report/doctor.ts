import { findingCatalogue } from "../doctor/catalogue.ts";
import type { Finding } from "../doctor/finding.ts";

export type { Finding, Severity, WouldSave } from "../doctor/finding.ts";

/** What `gocache-why doctor` tells; field by field as in `schema/doctor.schema.json`. */
export interface Doctor {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: "gocache-why"; readonly version: string };
  /** The gravest first, then by file and line. */
  readonly findings: readonly Finding[];
  /** What the config file keeps quiet, with the reasons that it gives. */
  readonly silenced: readonly Silenced[];
  /** What was looked at. */
  readonly read: DoctorRead;
  /** What `--experiment` built; absent without it. */
  readonly experiment?: DoctorExperiment;
}

/** Real builds in copies, each with one thing otherwise than the first. */
export interface DoctorExperiment {
  /** What was run; null where it did not come to that. */
  readonly command: string | null;
  readonly states: readonly ExperimentState[];
  /** Why there are no more states; null where all were built. */
  readonly problem: string | null;
}

export interface ExperimentState {
  /** `another checkout path`. */
  readonly name: string;
  readonly actions: number;
  /** What ran though nothing was meant to be built otherwise. */
  readonly missed: number;
  /** Their work; null where no times are known. */
  readonly seconds: number | null;
}

export interface Silenced {
  readonly code: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly reason: string;
}

export interface DoctorRead {
  /** Files that were taken apart, relative to the root of the checkout. */
  readonly files: readonly string[];
  /** Recorded runs that were looked into. */
  readonly runs: number;
}

/** A heading of a few words for a code. */
export function findingTitle(finding: Finding): string {
  return findingCatalogue[finding.code].title;
}
