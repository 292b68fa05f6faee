import { scaleLinear } from "d3-scale";
import { countText, secondsText } from "../../../wording/numbers.ts";
import type { PageAction, PageTimeline } from "../page-data.ts";
import { element } from "./element.ts";
import { fineSeconds, type Page } from "./page.ts";

/** Pixels. */
const axisHeight = 22;
const graphHeight = 52;
const gap = 8;
const leftEdge = 34;

/** A piece of an action's work. */
interface Bar {
  readonly place: number;
  readonly from: number;
  readonly to: number;
  readonly lane: number;
}

/** What of the actions is to be seen. */
interface Filter {
  text: string;
  /** Groups that are switched off. */
  readonly groups: Set<number>;
  /** Kinds that are switched off. */
  readonly kinds: Set<string>;
}

/**
 * The run on the clock: a bar an action, a row for each that ran at once, coloured by cause; what it waited for, the critical
 * path, and how many ran at once. With mouse, finger and keyboard.
 */
export function drawTimeline(page: Page): void {
  const { timeline } = page.data;
  const section = document.getElementById("timeline");
  if (timeline === null || section === null) return;
  const chart = createChart(page, timeline);
  section.querySelector("h2 + p")?.after(chart.controls, chart.stage, chart.told);
  chart.draw();
}

function createChart(
  page: Page,
  timeline: PageTimeline,
): { controls: HTMLElement; stage: HTMLElement; told: HTMLElement; draw(): void } {
  const bars = timeline.spans.map(([place, from, to, lane]): Bar => ({ place, from, to, lane }));
  const hasRun = bars.some(({ place }) => page.action(place).verdict !== "hit");
  const byStart = bars
    .filter(({ place }) => !hasRun || page.action(place).verdict !== "hit")
    .sort((a, b) => a.from - b.from || a.lane - b.lane);
  const critical = new Set(timeline.critical);
  const filter: Filter = { text: "", groups: new Set(), kinds: new Set() };
  const unblocks = new Map<number, number[]>();
  timeline.unblockedBy.forEach((by, at) => {
    if (by !== null) unblocks.set(by, [...(unblocks.get(by) ?? []), at]);
  });
  const barsOf = new Map<number, Bar[]>();
  for (const bar of bars) barsOf.set(bar.place, [...(barsOf.get(bar.place) ?? []), bar]);
  const rowHeight = Math.max(8, Math.min(24, Math.floor(520 / timeline.lanes)));
  const barsHeight = rowHeight * timeline.lanes;
  const height = barsHeight + gap + graphHeight + axisHeight;

  const canvas = element("canvas", {});
  const tip = element("div", { class: "tip", "aria-hidden": "true" });
  const stage = element(
    "div",
    {
      class: "stage",
      tabindex: 0,
      role: "application",
      "aria-roledescription": "timeline",
      "aria-label": `Timeline of ${countText(barsOf.size, "action")}. Left and right arrows go from action to action, plus and minus zoom, Enter tells all of it, 0 shows the whole run.`,
    },
    canvas,
    tip,
  );
  const told = element("p", { class: "told", role: "status" });
  let [start, end] = [0, Math.max(timeline.seconds, 0.001)];
  const whole = end;
  let selected: number | null = null;
  let hovered: Bar | null = null;
  let showsPath = true;
  let queued = false;
  const width = (): number => Math.max(200, stage.clientWidth);
  const scale = () => scaleLinear([start, end], [leftEdge, width() - 4]);

  const isShown = (place: number): boolean => matches(page.action(place), filter, page);

  function queue(): void {
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => {
      queued = false;
      draw();
    });
  }

  function draw(): void {
    const ratio = devicePixelRatio || 1;
    const wide = width();
    if (canvas.width !== Math.round(wide * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(wide * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${wide}px`;
      canvas.style.height = `${height}px`;
    }
    const ink = canvas.getContext("2d");
    if (ink === null) return;
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.clearRect(0, 0, wide, height);
    const x = scale();
    drawAxis(ink, x, wide);
    ink.save();
    ink.beginPath();
    ink.rect(leftEdge, 0, wide - leftEdge, height);
    ink.clip();
    for (const bar of bars) drawBar(ink, bar, x);
    drawConcurrency(ink, x);
    if (showsPath) drawPath(ink, x);
    const active = hovered?.place ?? selected;
    if (active !== null) drawLines(ink, active, x);
    ink.restore();
    drawRows(ink);
  }

  function drawRows(ink: CanvasRenderingContext2D): void {
    ink.fillStyle = page.colour("dim");
    ink.font = "11px system-ui, sans-serif";
    ink.textAlign = "right";
    ink.textBaseline = "middle";
    const step = rowHeight >= 12 ? 1 : Math.ceil(12 / rowHeight);
    for (let lane = 0; lane < timeline.lanes; lane += step)
      ink.fillText(String(lane + 1), leftEdge - 6, lane * rowHeight + rowHeight / 2);
    ink.fillText(String(timeline.lanes), leftEdge - 6, barsHeight + gap + 6);
    ink.fillText("0", leftEdge - 6, barsHeight + gap + graphHeight - 4);
  }

  function drawAxis(ink: CanvasRenderingContext2D, x: ReturnType<typeof scale>, wide: number): void {
    const ticks = x.ticks(Math.max(2, Math.floor(wide / 90)));
    const format = x.tickFormat(ticks.length);
    ink.strokeStyle = page.colour("line");
    ink.fillStyle = page.colour("dim");
    ink.font = "11px system-ui, sans-serif";
    ink.textBaseline = "alphabetic";
    for (const tick of ticks) {
      const at = Math.round(x(tick)) + 0.5;
      ink.beginPath();
      ink.moveTo(at, 0);
      ink.lineTo(at, height - axisHeight);
      ink.stroke();
      ink.textAlign = at > wide - 30 ? "right" : "center";
      ink.fillText(`${format(tick)} s`, at, height - 6);
    }
  }

  function drawBar(ink: CanvasRenderingContext2D, bar: Bar, x: ReturnType<typeof scale>): void {
    const left = x(bar.from);
    const right = Math.max(x(bar.to), left + 1);
    if (right < leftEdge || left > width()) return;
    const action = page.action(bar.place);
    const top = bar.lane * rowHeight + 1;
    const tall = rowHeight - 2;
    const shown = isShown(bar.place);
    ink.globalAlpha = shown ? (action.verdict === "hit" ? 0.45 : 1) : 0.12;
    ink.fillStyle = page.colourOf(action);
    ink.fillRect(left, top, Math.max(1, right - left - (right - left > 3 ? 1 : 0)), tall);
    const [, second] = action.groups;
    const other = second === undefined ? undefined : page.data.groups[second];
    if (other !== undefined) {
      ink.fillStyle = page.colour(`c${other.colour}`);
      ink.fillRect(left, top + tall - 4, Math.max(1, right - left - 1), 4);
    }
    if (shown && rowHeight >= 14 && right - left > 46 && action.verdict !== "hit") {
      ink.save();
      ink.beginPath();
      ink.rect(left, top, right - left - 3, tall);
      ink.clip();
      ink.fillStyle = page.colour("on");
      ink.font = "11px system-ui, sans-serif";
      ink.textAlign = "left";
      ink.textBaseline = "middle";
      ink.fillText(page.nameOf(action), Math.max(left, leftEdge) + 4, top + tall / 2);
      ink.restore();
    }
    ink.globalAlpha = 1;
    if (bar.place === selected || bar === hovered) {
      ink.strokeStyle = page.colour("fg");
      ink.lineWidth = 2;
      ink.strokeRect(left, top, right - left, tall);
      ink.lineWidth = 1;
    }
  }

  function drawConcurrency(ink: CanvasRenderingContext2D, x: ReturnType<typeof scale>): void {
    const changes = bars
      .filter(
        ({ place, from, to }) =>
          to > from && isShown(place) && (!hasRun || page.action(place).verdict !== "hit"),
      )
      .flatMap(({ from, to }) => [[from, 1] as const, [to, -1] as const])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const bottom = barsHeight + gap + graphHeight;
    const unit = (graphHeight - 4) / timeline.lanes;
    let open = 0;
    ink.beginPath();
    ink.moveTo(x(0), bottom);
    for (const [at, change] of changes) {
      ink.lineTo(x(at), bottom - open * unit);
      open += change;
      ink.lineTo(x(at), bottom - open * unit);
    }
    ink.lineTo(x(whole), bottom);
    ink.closePath();
    ink.globalAlpha = 0.35;
    ink.fillStyle = page.colour("dim");
    ink.fill();
    ink.globalAlpha = 1;
  }

  /** From the end of what was waited for to the start of what waited. */
  function link(ink: CanvasRenderingContext2D, from: number, to: number, x: ReturnType<typeof scale>): void {
    const source = lastOf(barsOf.get(from) ?? []);
    const target = barsOf.get(to)?.[0];
    if (source === undefined || target === undefined) return;
    const [x1, y1] = [x(source.to), source.lane * rowHeight + rowHeight / 2];
    const [x2, y2] = [x(target.from), target.lane * rowHeight + rowHeight / 2];
    ink.beginPath();
    ink.moveTo(x1, y1);
    const bend = Math.max(6, Math.min(40, Math.abs(x2 - x1) / 2));
    ink.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    ink.stroke();
  }

  function drawPath(ink: CanvasRenderingContext2D, x: ReturnType<typeof scale>): void {
    ink.strokeStyle = page.colour("fg");
    ink.lineWidth = 1.5;
    ink.setLineDash([]);
    for (const place of timeline.critical) {
      for (const bar of barsOf.get(place) ?? []) {
        const left = x(bar.from);
        ink.strokeRect(left, bar.lane * rowHeight + 1.5, Math.max(1, x(bar.to) - left - 1), rowHeight - 3);
      }
      const by = timeline.unblockedBy[place] ?? null;
      if (by !== null && critical.has(by)) link(ink, by, place, x);
    }
    ink.lineWidth = 1;
  }

  function drawLines(ink: CanvasRenderingContext2D, place: number, x: ReturnType<typeof scale>): void {
    ink.strokeStyle = page.colour("accent");
    ink.lineWidth = 2;
    for (const at of unblocks.get(place) ?? []) link(ink, place, at, x);
    const by = timeline.unblockedBy[place] ?? null;
    ink.setLineDash([4, 3]);
    if (by !== null) link(ink, by, place, x);
    ink.setLineDash([]);
    ink.lineWidth = 1;
  }

  function barAt(clientX: number, clientY: number): Bar | null {
    const box = canvas.getBoundingClientRect();
    const lane = Math.floor((clientY - box.top) / rowHeight);
    const x = scale();
    const at = clientX - box.left;
    let best: Bar | null = null;
    let distance = 4;
    for (const bar of bars) {
      if (bar.lane !== lane || !isShown(bar.place)) continue;
      const off = Math.max(0, x(bar.from) - at, at - x(bar.to));
      if (off < distance) [best, distance] = [bar, off];
      if (off === 0) break;
    }
    return best;
  }

  function tellOf(place: number): string {
    const action = page.action(place);
    const mine = barsOf.get(place) ?? [];
    const from = Math.min(...mine.map((bar) => bar.from));
    const to = Math.max(...mine.map((bar) => bar.to));
    const causes = action.groups.map((at) => page.data.groups[at]?.summary ?? "");
    const freed = unblocks.get(place)?.length ?? 0;
    return [
      page.nameOf(action),
      `${fineSeconds(to - from)} from ${from.toFixed(2)} s on`,
      ...(causes.length === 0 ? [action.verdict] : causes),
      ...(freed > 0 ? [`${countText(freed, "action")} waited for it last`] : []),
      ...(critical.has(place) ? ["on the critical path"] : []),
    ].join("\n");
  }

  function showTip(bar: Bar, clientX: number, clientY: number): void {
    const box = stage.getBoundingClientRect();
    tip.textContent = tellOf(bar.place);
    tip.classList.add("shown");
    const left = Math.min(clientX - box.left + 12, box.width - tip.offsetWidth - 4);
    tip.style.left = `${Math.max(0, left)}px`;
    tip.style.top = `${clientY - box.top + 16}px`;
  }

  function zoom(factor: number, around: number): void {
    const span = Math.min(whole, Math.max(0.002, (end - start) * factor));
    const share = (around - start) / (end - start);
    start = Math.max(0, Math.min(whole - span, around - span * share));
    end = start + span;
    queue();
  }

  function reveal(bar: Bar): void {
    if (bar.from >= start && bar.to <= end) return;
    const span = Math.max(end - start, Math.min(whole, (bar.to - bar.from) * 1.5));
    start = Math.max(0, Math.min(whole - span, bar.from - span * 0.25));
    end = start + span;
  }

  function select(place: number | null): void {
    selected = place;
    told.textContent = place === null ? "" : tellOf(place).replaceAll("\n", "; ");
    const bar = place === null ? undefined : barsOf.get(place)?.[0];
    if (bar !== undefined) reveal(bar);
    queue();
  }

  function step(by: 1 | -1): void {
    const shown = byStart.filter(({ place }) => isShown(place));
    const at = shown.findIndex(({ place }) => place === selected);
    const next =
      shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.max(0, Math.min(shown.length - 1, at + by))];
    if (next !== undefined) select(next.place);
  }

  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => step(1),
    ArrowLeft: () => step(-1),
    ArrowUp: () => select(selected === null ? null : (timeline.unblockedBy[selected] ?? selected)),
    ArrowDown: () => select(selected === null ? null : (unblocks.get(selected)?.[0] ?? selected)),
    "+": () => zoom(0.6, middle()),
    "=": () => zoom(0.6, middle()),
    "-": () => zoom(1 / 0.6, middle()),
    "0": () => {
      [start, end] = [0, whole];
      queue();
    },
    Home: () => select(byStart.find(({ place }) => isShown(place))?.place ?? null),
    End: () => select(byStart.filter(({ place }) => isShown(place)).at(-1)?.place ?? null),
    Enter: () => {
      if (selected !== null) page.open(selected);
    },
    Escape: () => select(null),
  };
  const middle = (): number => {
    const bar = selected === null ? undefined : barsOf.get(selected)?.[0];
    return bar === undefined ? (start + end) / 2 : (bar.from + bar.to) / 2;
  };
  stage.addEventListener("keydown", (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  let drag: { x: number; start: number; moved: boolean } | null = null;
  stage.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, start, moved: false };
    if (event.pointerType === "mouse") stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (drag !== null && event.buttons > 0 && Math.abs(event.clientX - drag.x) > 3) {
      drag.moved = true;
      const span = end - start;
      const moved = ((event.clientX - drag.x) / (width() - leftEdge)) * span;
      start = Math.max(0, Math.min(whole - span, drag.start - moved));
      end = start + span;
      queue();
      return;
    }
    const bar = barAt(event.clientX, event.clientY);
    if (bar === null) tip.classList.remove("shown");
    else showTip(bar, event.clientX, event.clientY);
    if (bar !== hovered) {
      hovered = bar;
      queue();
    }
  });
  stage.addEventListener("pointerup", (event) => {
    const wasDragged = drag?.moved === true;
    drag = null;
    if (wasDragged) return;
    const bar = barAt(event.clientX, event.clientY);
    select(bar?.place ?? null);
    if (bar !== null && event.detail >= 0 && event.pointerType === "mouse") page.open(bar.place);
  });
  stage.addEventListener("pointerleave", () => {
    hovered = null;
    tip.classList.remove("shown");
    queue();
  });
  stage.addEventListener(
    "wheel",
    (event) => {
      // Without a key the wheel scrolls the page.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(
        event.deltaY > 0 ? 1.25 : 0.8,
        scale().invert(event.clientX - canvas.getBoundingClientRect().left),
      );
    },
    { passive: false },
  );
  new ResizeObserver(queue).observe(stage);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", queue);
  // Paper is white: what is drawn has to be drawn again before it is printed.
  matchMedia("print").addEventListener("change", draw);

  const controls = controlsOf(page, bars, filter, queue, {
    zoomIn: () => zoom(0.6, middle()),
    zoomOut: () => zoom(1 / 0.6, middle()),
    whole: keys["0"] ?? queue,
    path: (on) => {
      showsPath = on;
      queue();
    },
  });
  return { controls, stage, told, draw };
}

function lastOf(bars: readonly Bar[]): Bar | undefined {
  return bars.reduce<Bar | undefined>(
    (last, bar) => (last === undefined || bar.to > last.to ? bar : last),
    undefined,
  );
}

function matches(action: PageAction, filter: Filter, page: Page): boolean {
  if (action.verdict === "hit" && filter.kinds.has("cached")) return false;
  if (filter.kinds.has(action.kind)) return false;
  if (action.groups.length > 0 && action.groups.every((group) => filter.groups.has(group))) return false;
  return filter.text === "" || page.nameOf(action).toLowerCase().includes(filter.text);
}

interface Moves {
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly whole: () => void;
  readonly path: (on: boolean) => void;
}

function controlsOf(
  page: Page,
  bars: readonly Bar[],
  filter: Filter,
  changed: () => void,
  moves: Moves,
): HTMLElement {
  const search = element("input", { type: "search", id: "timeline-filter", placeholder: "package" });
  search.addEventListener("input", () => {
    filter.text = search.value.trim().toLowerCase();
    changed();
  });
  const present = new Set(bars.flatMap(({ place }) => page.action(place).groups));
  const causes = page.data.groups.flatMap((group, at) =>
    present.has(at)
      ? toggle(
          `${group.label === "·" ? "" : `${group.label}  `}${shorten(group.summary)}`,
          `chip c${group.colour}`,
          (on) => {
            if (on) filter.groups.delete(at);
            else filter.groups.add(at);
            changed();
          },
        )
      : [],
  );
  const kinds = [...new Set(bars.map(({ place }) => page.action(place).kind))].sort().map((kind) =>
    toggle(kind, "chip plain", (on) => {
      if (on) filter.kinds.delete(kind);
      else filter.kinds.add(kind);
      changed();
    }),
  );
  const some = (isHit: boolean): boolean =>
    bars.some(({ place }) => (page.action(place).verdict === "hit") === isHit);
  const cached =
    some(true) && some(false)
      ? [
          toggle("cached", "chip hit", (on) => {
            if (on) filter.kinds.delete("cached");
            else filter.kinds.add("cached");
            changed();
          }),
        ]
      : [];
  const button = (label: string, told: string, act: () => void): HTMLElement => {
    const made = element("button", { type: "button", "aria-label": told, title: told }, label);
    made.addEventListener("click", act);
    return made;
  };
  return element(
    "div",
    { class: "controls" },
    element("label", { for: "timeline-filter" }, "Filter "),
    search,
    ...(causes.length > 1 ? causes.slice(0, 12) : []),
    ...(kinds.length > 1 ? kinds : []),
    ...cached,
    toggle("critical path", "chip plain", moves.path),
    element(
      "span",
      { class: "zoom" },
      button("+", "Zoom in", moves.zoomIn),
      button("−", "Zoom out", moves.zoomOut),
      button("whole", `The whole run, ${secondsText(page.data.timeline?.seconds ?? 0)}`, moves.whole),
    ),
  );
}

/** A button that is on at first. */
function toggle(label: string, kind: string, change: (on: boolean) => void): HTMLElement {
  const made = element("button", { type: "button", class: kind, "aria-pressed": "true" }, label);
  made.addEventListener("click", () => {
    const on = made.getAttribute("aria-pressed") !== "true";
    made.setAttribute("aria-pressed", String(on));
    change(on);
  });
  return made;
}

function shorten(text: string): string {
  return text.length <= 44 ? text : `${text.slice(0, 43)}…`;
}
