import uPlot from "uplot";
import { secondsText } from "../../../wording/numbers.ts";
import type { PageRun } from "../page-data.ts";
import { element } from "./element.ts";
import type { Page } from "./page.ts";

/** Curves of the recorded runs above their table: what was cached, work and clock, how many causes. */
export function drawHistory(page: Page): void {
  const section = document.getElementById("history");
  const runs = page.data.history;
  if (section === null || runs.length < 2) return;
  const place = element("div", { class: "charts", "aria-hidden": "true" });
  section.querySelector("h2")?.after(place);
  let charts: uPlot[] = [];
  const draw = (): void => {
    for (const chart of charts) chart.destroy();
    const columns = place.clientWidth > 900 ? 3 : place.clientWidth > 560 ? 2 : 1;
    const width = Math.floor((place.clientWidth - (columns - 1) * 16) / columns);
    const known = [0, 1, 2].filter((at) =>
      (curvesOf(runs)[at]?.lines ?? []).some(({ values }) => values.some((value) => value !== null)),
    );
    charts = known.map((at) => chartOf(curvesOf(runs)[at] as Curves, runs, width, page, place));
  };
  draw();
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    draw();
  }).observe(place);
  for (const query of ["(prefers-color-scheme: dark)", "print"])
    matchMedia(query).addEventListener("change", draw);
}

interface Curves {
  readonly title: string;
  readonly unit: (value: number) => string;
  readonly lines: readonly { label: string; colour: string; dash?: number[]; values: (number | null)[] }[];
}

function curvesOf(runs: readonly PageRun[]): readonly Curves[] {
  return [
    {
      title: "Cached, of all actions",
      unit: (value) => `${Math.round(value)} %`,
      lines: [
        {
          label: "cached",
          colour: "c2",
          values: runs.map(({ hit, actions }) => (actions === 0 ? null : (hit / actions) * 100)),
        },
      ],
    },
    {
      title: "Work and clock",
      unit: secondsText,
      lines: [
        { label: "work", colour: "c0", values: runs.map(({ seconds }) => seconds) },
        { label: "clock", colour: "c1", dash: [5, 3], values: runs.map(({ clock }) => clock) },
      ],
    },
    {
      title: "Causes",
      unit: (value) => String(Math.round(value)),
      lines: [{ label: "causes", colour: "c3", values: runs.map(({ causes }) => causes) }],
    },
  ];
}

function chartOf(
  { title, unit, lines }: Curves,
  runs: readonly PageRun[],
  width: number,
  page: Page,
  place: HTMLElement,
): uPlot {
  const ink = page.colour("dim");
  const grid = { stroke: page.colour("line"), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid, font: "12px system-ui, sans-serif" };
  const isShare = title.startsWith("Cached");
  const chart = new uPlot(
    {
      width,
      height: 170,
      title,
      cursor: { y: false, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: [-0.4, runs.length - 0.6] },
        y: { range: (_, __, most) => (isShare ? [0, 100] : [0, Math.max(most ?? 0, 1) * 1.1]) },
      },
      legend: { show: lines.length > 1, live: false },
      axes: [
        { ...axis, incrs: [1, 2, 5, 10], values: (_, ticks) => ticks.map((tick) => labelOf(runs, tick)) },
        {
          ...axis,
          size: 68,
          ...(title === "Causes" ? { incrs: [1, 2, 5, 10, 20, 50, 100, 1000] } : {}),
          values: (_, ticks) => ticks.map(unit),
        },
      ],
      series: [
        { label: "run", value: (_, at) => (at === null ? "" : whenText(runs[at])) },
        ...lines.map(({ label, colour, dash }) => ({
          label,
          stroke: page.colour(colour),
          width: 2,
          ...(dash === undefined ? {} : { dash }),
          points: { show: true, size: 6, fill: page.colour(colour) },
          value: (_: uPlot, value: number | null) => (value === null ? "" : unit(value)),
        })),
      ],
    },
    [runs.map((_, at) => at), ...lines.map(({ values }) => values)],
    place,
  );
  return chart;
}

function labelOf(runs: readonly PageRun[], at: number): string {
  return Number.isInteger(at) && runs[at] !== undefined ? String(at + 1) : "";
}

function whenText(run: PageRun | undefined): string {
  if (run === undefined) return "";
  return run.at === null
    ? run.id
    : `${new Date(run.at * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
