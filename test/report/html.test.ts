import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Folder, foldPackages } from "../../src/report/fold-packages.ts";
import { markPair } from "../../src/report/renderers/html/marked-pair.ts";
import { html, jsonText } from "../../src/report/renderers/html/markup.ts";
import { pageAssets } from "../../src/report/renderers/html/page-assets.ts";
import { renderHtml } from "../../src/report/renderers/html.ts";
import { buildReport, view } from "./build-report.ts";
import { ofFixture, pageOf } from "./page/made-pages.ts";
import { situations } from "./situations.ts";

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc
    .array(
      fc.constantFrom(
        "<",
        ">",
        "&",
        '"',
        "'",
        "</script>",
        "<!--",
        "]]>",
        "\u202e",
        "\u2028",
        "\0",
        "a",
        "&lt;",
        "`",
      ),
      {
        maxLength: 30,
      },
    )
    .map((parts) => parts.join("")),
);

describe("the page's markup", () => {
  test("lets no text out of its place", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const made = html`<p title="${text}">${text}</p>`.text;
        expect(made.match(/[<>]/g)).toEqual(["<", ">", "<", ">"]);
        expect(made.match(/"/g)?.length).toBe(2);
        expect(made).not.toMatch(/[\u202a-\u202e\u2066-\u2069\0]/);
      }),
    );
  });

  test("gives its script the very values, and nothing that ends the script", () => {
    fc.assert(
      fc.property(
        fc.dictionary(nasty, fc.oneof(nasty, fc.double({ noNaN: true, noDefaultInfinity: true }))),
        (value) => {
          const { text } = jsonText(value);
          expect(text).not.toMatch(/[<>&\u2028\u2029\n]/);
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });

  test("marks what differs, and keeps the rest", () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, nasty, (head, before, now, tail) => {
        const [a, b] = [head + before + tail, head + now + tail];
        const pair = markPair(a, b);
        expect(pair.head + pair.before + pair.tail).toBe(a);
        expect(pair.head + pair.now + pair.tail).toBe(b);
        if (a !== b) expect(pair.before + pair.now).not.toBe("");
        const [left, right] = [Array.from(pair.before), Array.from(pair.now)];
        if (left.length > 0 && right.length > 0) {
          expect(left[0]).not.toBe(right[0]);
          expect(left.at(-1)).not.toBe(right.at(-1));
        }
      }),
    );
  });
});

describe("packages folded", () => {
  const path = fc
    .array(fc.constantFrom("example.com", "m", "a", "b", "v2", "github.com", "net", "http", "x.test"), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts) => parts.join("/"));

  test("keep each package, below a folder that its path begins with", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(path, { maxLength: 40 }),
        fc.constantFrom(null, "example.com/m", "example.com/m,github.com/a"),
        (paths, module) => {
          const found: string[] = [];
          const walk = (folder: Folder<string>): number => {
            for (const item of folder.items) {
              if (folder.path !== "std") expect(item.startsWith(folder.path)).toBe(true);
              found.push(item);
            }
            const count = folder.folders.reduce((sum, each) => sum + walk(each), folder.items.length);
            expect(folder.count).toBe(count);
            return count;
          };
          for (const folder of foldPackages(paths, (each) => each, module)) walk(folder);
          expect(found.sort()).toEqual([...paths].sort());
        },
      ),
    );
  });
});

describe("the page", () => {
  test.each(Object.entries(situations))(
    "of %s is below 300 KB without its data, and names its own digests",
    (_, spec) => {
      const report = buildReport(spec);
      checkPage(renderHtml(report, view));
    },
  );

  test("of recorded runs too", () => {
    for (const name of ["file-edited", "first-build", "test-and-file", "flag-race-and-tags"])
      checkPage(pageOf(ofFixture(`go1.26.8/${name}`)));
  });

  test("does not depend on the reader's clock", () => {
    const report = buildReport(situations["edit-and-variable"] ?? {});
    expect(renderHtml(report, { ...view, now: new Date(0) })).toBe(renderHtml(report, view));
  });
});

function checkPage(text: string): void {
  const { script, style } = pageAssets();
  expect(script.length + style.length).toBeLessThan(290_000);
  const digest = (of: string): string => `sha256-${createHash("sha256").update(of).digest("base64")}`;
  const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, inside = ""]) =>
    digest(inside),
  );
  const styles = [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, inside = ""]) => digest(inside));
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1];
  expect(policy).toBe(
    `default-src 'none'; script-src '${scripts.join()}'; style-src '${styles.join()}'; base-uri 'none'; form-action 'none'`,
  );
  expect(text).not.toMatch(/ style="| on[a-z]+="|javascript:|(?:src|href)="(?!#)/);
  expect(text.endsWith("</html>\n")).toBe(true);
}
