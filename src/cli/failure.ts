/** A failure that the user can mend: one line that says what, where and what to do. */
export class UsageError extends Error {
  readonly status: number;

  /** @param status 2 for bad usage, 1 for a thing that can't be done, 125–127 before a wrapped command */
  constructor(message: string, status = 2) {
    super(message);
    this.name = "UsageError";
    this.status = status;
  }
}

/** The command is bundled in pieces that have each their own class: what counts is the name. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === "UsageError";
}
