import type { PageData } from "../page-data.ts";
import { createDetail } from "./detail.ts";
import { drawGraph } from "./graph.ts";
import { drawHistory } from "./history.ts";
import { drawTimeline } from "./timeline.ts";
import { enhanceNames, openForPrint } from "./tree.ts";

const data = JSON.parse(document.getElementById("data")?.textContent ?? "null") as PageData;
const page = createDetail(data);

/** The page is whole without any of these: where one fails, the rest stays. */
const parts: readonly (() => void)[] = [
  () => enhanceNames(page),
  openForPrint,
  () => drawTimeline(page),
  () => drawHistory(page),
  () => drawGraph(page),
];

/** One after the other, with a breath between them: what was asked for meanwhile comes first. */
function next(at: number): void {
  const part = parts[at];
  if (part === undefined) {
    document.documentElement.dataset.drawn = "all";
    return;
  }
  try {
    part();
  } catch (error) {
    reportError(error);
  }
  setTimeout(() => next(at + 1), 0);
}

next(0);
