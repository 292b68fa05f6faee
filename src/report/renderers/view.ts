import type { Beside } from "../beside.ts";
import type { Report } from "../report.ts";

/** How a report is to be shown: all that a renderer may know beside it. */
export interface View {
  /** Columns; 40 at least. */
  readonly width: number;
  /** Levels of chalk: none, 16 colours, 256, true colour. */
  readonly colour: 0 | 1 | 2 | 3;
  /** 0 the short report, 1 (`-v`) all causes with their roots and inputs, 2 (`-vv`) every action that ran as well. */
  readonly verbosity: 0 | 1 | 2;
  readonly now: Date;
  /** True to list hits as well. */
  readonly all: boolean;
  /** Times, inputs and earlier runs, for the faces that are looked at; absent where they are not known. */
  readonly beside?: Beside | null;
}

/** A face: a pure function to text that ends in a newline. */
export type Renderer = (report: Report, view: View) => string;
