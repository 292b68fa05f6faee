import type { Report } from "../../src/report/report.ts";
import { type Fixture, readFixture, reportOfFixture } from "./fixture.ts";

export { fixtureNames } from "./fixture.ts";

/** What the tool makes of one scenario on one Go version, beside what is true. */
export interface MatrixCell {
  readonly scenario: string;
  readonly about: string;
  readonly go: string;
  /** Causes, as `code subject`, that are true and not named, and that are named and not true. */
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
  /** Causes that are named and true, and of these with a root whose key changed how many are proven, and all others. */
  readonly causes: number;
  readonly proven: number;
  readonly observed: number;
  readonly inferred: number;
  /** Actions that ran by the plain run alone, and by the tool alone. */
  readonly ranUnseen: readonly string[];
  readonly ranInvented: readonly string[];
  readonly isHitExact: boolean;
  readonly wrongRoots: readonly string[];
  readonly unexplained: readonly string[];
  readonly actions: number;
  readonly ran: number;
}

export function matrixCell(name: string): MatrixCell {
  const fixture = readFixture(name);
  const report = reportOfFixture(fixture);
  const expected = fixture.expect.map(({ code, subject }) => `${code} ${subject}`);
  const named = report.causes.map(({ code, subject }) => `${code} ${subject}`);
  const [ranUnseen, ranInvented] = difference(fixture.truth.ran, ranOf(report));
  const [missing, wrong] = difference(expected, named);
  const kinds = report.causes.map(({ evidence }) => evidence.kind);
  return {
    scenario: fixture.scenario,
    about: fixture.about,
    go: fixture.go,
    missing,
    wrong,
    causes: named.length - wrong.length,
    proven: kinds.filter((kind) => kind === "proven").length,
    observed: kinds.filter((kind) => kind === "observed").length,
    inferred: kinds.filter((kind) => kind === "inferred").length,
    ranUnseen,
    ranInvented,
    isHitExact: report.totals.hit === fixture.truth.hit,
    wrongRoots: wrongRoots(fixture, report),
    unexplained: report.unexplained,
    actions: report.totals.actions,
    ran: report.totals.ran,
  };
}

/** A plain graph does not tell a package from its variant for a test. */
function ranOf(report: Report): readonly string[] {
  return report.actions
    .filter(({ verdict }) => verdict !== "hit")
    .map(({ key }) => key.replace(/ \[.*\]$/, ""));
}

function wrongRoots(fixture: Fixture, report: Report): readonly string[] {
  return fixture.expect.flatMap(({ code, subject, roots }) => {
    if (roots === null) return [];
    const found = report.causes.find((each) => each.code === code && each.subject === subject);
    const [lacks, has] = difference(roots, found?.packages ?? []);
    return lacks.length + has.length === 0 ? [] : `${code} ${subject}: lacks ${lacks}; has ${has}`;
  });
}

/** What only the one, and only the other list has; each as often as it has it more. */
function difference(
  one: readonly string[],
  other: readonly string[],
): readonly [readonly string[], readonly string[]] {
  const left = [...other];
  const only = one.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [only.sort(), left.sort()];
}
