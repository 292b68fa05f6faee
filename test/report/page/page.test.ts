/// <reference lib="dom" />
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../../src/report/report.ts";
import { forPeople } from "../../../src/report/transforms/for-people.ts";
import { visibleText } from "../../../src/report/wording/values.ts";
import { buildReport, type CauseSpec } from "../build-report.ts";
import { situations } from "../situations.ts";
import { findBarriers, noBrowser, openBrowser, type Pages } from "./browser.ts";
import { type Made, ofFixture, ofPrometheus, pageOf } from "./made-pages.ts";

const situation = (name: string): { report: Report; beside: null } => ({
  report: buildReport(situations[name] ?? {}),
  beside: null,
});

/** Small, real with 1,500 actions, empty, tests, a first build, without times, of several go commands. */
const reports: readonly (readonly [string, () => { report: Report; beside: Made["beside"] | null }])[] = [
  ["a small build", () => ofFixture("go1.26.8/file-edited-api")],
  ["prometheus", ofPrometheus],
  ["nothing that ran", () => ofFixture("go1.26.8/nothing")],
  ["tests", () => ofFixture("go1.26.8/test-and-file")],
  ["a first build", () => ofFixture("go1.26.8/first-build")],
  ["a report without times", () => situation("edit-and-variable")],
  ["880 packages with one cause", () => situation("race-everything")],
];

if (noBrowser !== null) console.warn(`The page is not tested in a browser: ${noBrowser}`);

describe.skipIf(noBrowser !== null)("the page in a browser", () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await openBrowser();
  });
  afterAll(() => pages?.close());

  test.each(reports)("of %s is open to everybody, light and dark, wide and narrow", async (_, make) => {
    const text = pageOf(make());
    for (const [width, colorScheme] of [
      [1280, "light"],
      [390, "dark"],
    ] as const) {
      const { page, complaints } = await pages.open(text, { viewport: { width, height: 844 }, colorScheme });
      expect(await findBarriers(page)).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
      ).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });

  test.each(reports)("of %s has all causes and their counts where scripts are forbidden", async (_, make) => {
    const made = make();
    const { page, complaints } = await pages.open(pageOf(made), { javaScriptEnabled: false });
    const told = (await page.evaluate(() => document.body.textContent ?? "")).replace(/\s+/g, " ");
    const { report } = made;
    const view = forPeople(report, 8);
    for (const group of [...view.shown, ...view.hidden]) {
      if (report.baseline.status === "none") break;
      expect(told).toContain(visibleText(group.summary).replace(/\s+/g, " ").slice(0, 190));
      if (group.direct + group.cascade > 0)
        expect(told).toContain(`${(group.direct + group.cascade).toLocaleString("en-US")} action`);
      for (const index of group.causes.slice(0, 100)) {
        const subject = visibleText(report.causes[index]?.subject ?? "");
        if (group.causes.length > 1) expect(told).toContain(subject.slice(0, 140));
      }
    }
    expect(told).toContain(
      `${report.totals.hit.toLocaleString("en-US")} cached`.slice(0, report.totals.hit > 0 ? 99 : 0),
    );
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("without its script is open to everybody too", async () => {
    const text = pageOf(ofFixture("go1.26.8/file-edited-api")).replace(/<script>[\s\S]*?<\/script>/, "");
    const { page } = await pages.open(text, {}, false);
    expect(await findBarriers(page)).toEqual([]);
    await page.context().close();
  });

  test("shows the head sentence and the first cause with its fix on a phone, without scrolling", async () => {
    const { page } = await pages.open(pageOf(ofPrometheus()), { viewport: { width: 390, height: 844 } });
    for (const selector of ["h1", "#cause-1 h3", "#cause-1 .fix"]) {
      const box = await page.locator(selector).boundingBox();
      expect(box?.y, selector).toBeGreaterThanOrEqual(0);
      expect((box?.y ?? 0) + (box?.height ?? 9999), selector).toBeLessThanOrEqual(844);
      expect((box?.x ?? 0) + (box?.width ?? 9999), selector).toBeLessThanOrEqual(390);
    }
    await page.context().close();
  });

  test("tells of a package its path to the root, its inputs and its proof", async () => {
    const made = ofFixture("go1.26.8/file-edited-api");
    const { page, complaints } = await pages.open(pageOf(made));
    const far = made.report.actions.find(({ kind, via }) => kind === "build" && via !== null);
    const root = made.report.actions.find(({ role }) => role === "root");
    await page.locator("#actions summary").click();
    await page
      .locator("#actions button.link", { hasText: nameIn(made.report, far?.key ?? "") })
      .first()
      .click();
    const dialog = page.locator("dialog[open]");
    expect(await dialog.locator(".path li").first().textContent()).toContain(
      nameIn(made.report, far?.key ?? ""),
    );
    expect(await dialog.locator(".path li").last().textContent()).toContain("the root");
    await dialog.locator(".path button").last().click();
    expect(await dialog.locator("h2").textContent()).toBe(
      nameIn(made.report, root?.key ?? "").replace(/^build /, ""),
    );
    expect(await dialog.locator("del").count()).toBeGreaterThan(0);
    expect(await dialog.locator("ins").count()).toBeGreaterThan(0);
    expect(await dialog.textContent()).toMatch(/Proven|Not proven/);
    expect(await findBarriers(page)).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await page.locator("dialog[open]").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("has a timeline for keyboards: from action to action, zoom, filter, all of one", async () => {
    const made = ofPrometheus();
    const { page, complaints } = await pages.open(pageOf(made));
    const stage = page.locator("#timeline .stage");
    const told = page.locator("#timeline .told");
    await stage.focus();
    const seen = new Set<string>();
    for (let count = 0; count < 5; count++) {
      await page.keyboard.press("ArrowRight");
      seen.add((await told.textContent()) ?? "");
    }
    expect(seen.size).toBe(5);
    for (const text of seen) expect(text).toMatch(/^\S.*; .* s from [\d.]+ s on; /);
    const before = await page.locator("#timeline canvas").screenshot();
    await page.keyboard.press("+");
    await page.waitForTimeout(100);
    expect((await page.locator("#timeline canvas").screenshot()).equals(before)).toBe(false);
    await page.keyboard.press("Enter");
    expect(await page.locator("dialog[open] h2").textContent()).toBe([...seen].at(-1)?.split(";")[0]);
    await page.keyboard.press("Escape");
    await page.locator("#timeline-filter").fill("cmd/promtool");
    await stage.focus();
    await page.keyboard.press("Home");
    expect(await told.textContent()).toContain("cmd/promtool");
    for (const name of ["link", "critical path"]) {
      const toggle = page.locator("#timeline button", { hasText: name }).first();
      await toggle.click();
      expect(await toggle.getAttribute("aria-pressed")).toBe("false");
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("folds a thousand packages into boxes that can be read, and opens a folder", async () => {
    const { page, complaints } = await pages.open(pageOf(ofPrometheus()));
    const boxes = page.locator("#reach .box");
    const count = await boxes.count();
    expect(count).toBeGreaterThan(2);
    expect(count).toBeLessThanOrEqual(36);
    expect(await page.locator("#reach .box.root").count()).toBeGreaterThan(0);
    const folder = page.locator("#reach .box", { hasText: /\/$|\/\s*\d/ }).first();
    if ((await folder.count()) > 0) {
      await folder.click();
      expect(await boxes.count()).toBeGreaterThan(count);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("does no harm with names that others chose", async () => {
    const piece = fc.constantFrom(
      "</script><script>document.title='taken'</script>",
      "<img src=x onerror=\"document.title='taken'\">",
      "\"' onmouseover='document.title=1",
      "\u202egnp.exe\u202c",
      "<!--",
      "]]>",
      "&lt;b&gt;",
      "x".repeat(4000),
      "/very/long".repeat(400),
      "javascript:document.title='taken'",
    );
    const specs = fc.array(
      fc.record({
        code: fc.constantFrom<CauseSpec["code"]>(
          "file-edited",
          "env-changed",
          "flag-changed",
          "test-file-changed",
        ),
        subject: fc.array(piece, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("")),
        before: fc.option(piece),
        now: fc.option(piece),
        detail: piece,
      }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(specs, async (causes) => {
        const made = hostile(causes);
        const { page, complaints } = await pages.open(pageOf(made), {
          viewport: { width: 390, height: 844 },
        });
        expect(await page.title()).toContain("gocache-why");
        expect(
          await page.evaluate(
            () => document.querySelectorAll("img, script:not(#data), iframe, object").length,
          ),
        ).toBe(1);
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
        ).toBeLessThanOrEqual(0);
        expect(await page.evaluate(() => /[\u202a-\u202e]/.test(document.body.textContent ?? ""))).toBe(
          false,
        );
        expect(complaints).toEqual([]);
        await page.context().close();
      }),
      { numRuns: 6 },
    );
  });
});

/** A report whose packages, causes, inputs and history have such names. */
function hostile(causes: readonly CauseSpec[]): { report: Report; beside: Made["beside"] } {
  const names = causes.map(({ subject }) => subject.replaceAll(" ", "_"));
  const report = buildReport({
    causes: causes.map((cause, at) => ({
      ...cause,
      changes: [
        {
          input: `file ${cause.subject}`,
          before: cause.before ?? null,
          now: cause.now ?? null,
          diff: `-${cause.before}\n+${cause.subject}`,
        },
      ],
      detail: `${cause.detail}${at}`,
    })),
    actions: names.map((name, at) => ({ key: `build ${at}${name}`, causes: [at], seconds: at })),
    warnings: [{ code: "x", message: names.join("\n") }],
  });
  const actions = report.actions.map(({ key, kind, package: path, variant }, at) => ({
    key,
    kind,
    package: path,
    variant,
    outcome: "ran" as const,
    spans: [[at, at + 1, 0] as const],
    needs: at > 0 ? [at - 1] : [],
    unblockedBy: at > 0 ? at - 1 : null,
  }));
  const numbers = { actions: 9, hit: 1, ran: 8, seconds: 1, clockSeconds: 1 };
  const run = {
    ...numbers,
    id: names[0] ?? "",
    startedAt: names[0] ?? "",
    args: names,
    exitCode: 0,
    missed: 1,
  };
  return {
    report,
    beside: {
      timeline: { seconds: actions.length, lanes: 1, actions, critical: actions.map((_, at) => at) },
      details: Object.fromEntries(
        report.actions.map(({ key }) => [
          key,
          {
            inputs: [{ input: `file ${key}`, before: key, now: `${key}\u202e` }],
            more: 1,
            proven: key,
            sameOutput: false,
          },
        ]),
      ),
      before: numbers,
      now: numbers,
      history: [run, run].map((each) => ({
        ...each,
        causes: names.map((name) => ({ code: "file-edited", subject: name, summary: name, seconds: 1 })),
      })),
    },
  };
}

/** As the page calls an action. */
function nameIn(report: Report, key: string): string {
  return key.replace(/^build /, "").replaceAll(`${report.now.module}/`, "");
}
