import { type Format, loadRenderer } from "./renderers/index.ts";
import type { View } from "./renderers/view.ts";
import type { Report } from "./report.ts";

/**
 * A report as text, which ends in a newline.
 * @param view what differs from a plain terminal of 80 columns; its clock is the run's own unless given.
 */
export async function renderReport(
  report: Report,
  format: Format,
  view: Partial<View> = {},
): Promise<string> {
  const render = await loadRenderer(format);
  const now = new Date(report.now.startedAt ?? 0);
  return render(report, { width: 80, colour: 0, verbosity: 0, all: false, now, ...view });
}
