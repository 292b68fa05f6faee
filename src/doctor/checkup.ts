import type { Job, Unread } from "./pipeline.ts";

/** All that was read of the checkout and of the machine: what checks look at. */
export interface Checkup {
  readonly jobs: readonly Job[];
  readonly unread: readonly Unread[];
}
