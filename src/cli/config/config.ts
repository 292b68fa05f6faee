import type { Limits } from "../../report/check/limits.ts";

/** What `.gocache-why.json` says; its JSON Schema is `schema/config.schema.json`. */
export interface Config {
  /** The file; null where there is none. */
  readonly path: string | null;
  /** Where each run's metrics go; absolute, since the file names it from its own folder. */
  readonly prometheus: string | null;
  /** Where each run's rows go; absolute. */
  readonly ndjson: string | null;
  /** Go's cache program is traced in each run. */
  readonly traceCache: boolean;
  readonly check: ConfiguredCheck;
  readonly doctor: { readonly ignore: readonly IgnoredFinding[] };
}

export interface ConfiguredCheck {
  /** For all packages; null where the file has none. */
  readonly all: Limits | null;
  /** For the packages of a pattern, in the file's order. */
  readonly packages: readonly { readonly pattern: string; readonly limits: Limits }[];
}

/** A finding of `doctor` that is not to be told. */
export interface IgnoredFinding {
  readonly code: string;
  /** As findings name it; null for any. */
  readonly file: string | null;
  readonly reason: string;
}

export const emptyConfig: Config = {
  path: null,
  prometheus: null,
  ndjson: null,
  traceCache: false,
  check: { all: null, packages: [] },
  doctor: { ignore: [] },
};
