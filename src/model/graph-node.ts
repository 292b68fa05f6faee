import type { ShortId } from "./ids.ts";

/** One node of `go build -debug-actiongraph=FILE` (cmd/go work/action.go actionJSON, same fields in Go 1.21–1.27). */
export interface GraphNode {
  /** Index in the graph; the root has 0. */
  readonly id: number;
  /** `build`, `link`, `link-install`, `vet`, `test run`, `go build`, `build check cache`, `cgo run`, … */
  readonly mode: string;
  /** Import path; the same for all variants of a package; `""` for nodes without a package. */
  readonly package: string;
  /** Indices of the nodes that this one waits for. */
  readonly deps: readonly number[];
  /** Work directory, `…/b001/`: the same for all nodes of one action; `""` where there is none. */
  readonly objdir: string;
  /** Output file as go names it: absolute, or relative to where go ran; `""` where there is none. */
  readonly target: string;
  /** The file that was there before execution (up to date, or an archive of the cache); `""` else. */
  readonly built: string;
  /** Null before go came to this node, and for modes without a key. */
  readonly actionId: ShortId | null;
  /** `ACTION/CONTENT`, of a link `LINK/MAINACTION/MAINCONTENT/BINARY`; null where it failed or was not reached. */
  readonly buildId: string | null;
  /** Milliseconds since the epoch with a fraction, exact to the microsecond; null where go did not come to it. A node
   *  that is passed over since another one failed has times too, nanoseconds apart. */
  readonly timeStart: number | null;
  /** As `timeStart`; null where it never ended. */
  readonly timeDone: number | null;
  /** How many processes ran for this node. */
  readonly commands: number;
  /** The wall time of these processes added up, in nanoseconds. */
  readonly commandNs: number;
}
