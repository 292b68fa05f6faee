import { expect, it } from "vitest";
import type { CauseFact } from "../../src/causes/cause.ts";
import type { Row } from "../../src/causes/row.ts";
import { type Classifier, findClassifiers, withRow } from "./classifiers.ts";
import { type ExplainedCase, explainedCases } from "./explained-case.ts";

/** Rows that no recorded scenario notices, each with its reason. As few as possible: what go can be made to do is recorded instead. */
const unnoticed: Readonly<Record<string, string>> = {};

const classifiers = await findClassifiers();
const cases = explainedCases("go1.26.8/");
const truths = new Map(cases.map((each) => [each, each.says()]));
const answered = casesByRow();
const rows = classifiers.flatMap((classifier) =>
  classifier.rows.map((row, at) => ({ name: `${classifier.name}: ${row.name}`, classifier, row, at })),
);

it("finds the classifiers", () => {
  expect(classifiers.map(({ name }) => name)).toContain("classify inputRows");
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

it.each(rows.filter(({ name }) => unnoticed[name] === undefined))(
  "$name is missed where it is taken away",
  (each) => {
    expect(noticedBy(each, null)).not.toBeNull();
  },
);

it.each(rows.filter(({ row }) => answersWithCauses(row)))("$name is noticed with another code", (each) => {
  expect(noticedBy(each, withOtherCode(each.row))).not.toBeNull();
});

it("lists no row as unnoticed that a scenario notices", () => {
  const listed = rows.filter(({ name }) => unnoticed[name] !== undefined);
  expect(listed.map(({ name }) => name).sort()).toEqual(Object.keys(unnoticed).sort());
  expect(listed.filter((each) => noticedBy(each, null) !== null).map(({ name }) => name)).toEqual([]);
});

/** The first scenario that is explained otherwise with another row (or none) in the place of one. */
function noticedBy(
  { classifier, row, at }: { classifier: Classifier; row: Row; at: number },
  instead: Row | null,
): string | null {
  const able = answered.get(row)?.cases ?? [];
  const found = able.find((each) => withRow(classifier, at, instead, each.says) !== truths.get(each));
  return found?.name ?? null;
}

function answersWithCauses(row: Row): boolean {
  return answered.get(row)?.withCauses === true;
}

/** A row that says the same under a code that no classifier gives. */
function withOtherCode(row: Row): Row {
  const other = (fact: CauseFact): CauseFact => ({ ...fact, code: "output-not-reproducible" });
  return {
    ...row,
    says: (delta, site, word) => {
      const answer = row.says(delta, site, word);
      return answer?.type === "causes" ? { ...answer, facts: answer.facts.map(other) } : answer;
    },
  };
}

interface Answers {
  /** The scenarios in which it answers: no other can notice that it is gone. */
  readonly cases: readonly ExplainedCase[];
  readonly withCauses: boolean;
}

/** Runs each scenario once with every row watched. */
function casesByRow(): ReadonlyMap<Row, Answers> {
  const found = new Map<Row, { cases: Set<ExplainedCase>; withCauses: boolean }>();
  let running: ExplainedCase | null = null;
  const kept = classifiers.map((classifier) => [...classifier.rows]);
  for (const classifier of classifiers) {
    classifier.rows.forEach((row, at) => {
      const answers = { cases: new Set<ExplainedCase>(), withCauses: false };
      found.set(row, answers);
      classifier.rows[at] = {
        ...row,
        says: (delta, site, word) => {
          const answer = row.says(delta, site, word);
          if (answer !== null && running !== null) answers.cases.add(running);
          if (answer?.type === "causes") answers.withCauses = true;
          return answer;
        },
      };
    });
  }
  for (const each of cases) {
    running = each;
    each.says();
  }
  classifiers.forEach((classifier, at) => {
    classifier.rows.splice(0, classifier.rows.length, ...(kept[at] ?? []));
  });
  return new Map([...found].map(([row, answers]) => [row, { ...answers, cases: [...answers.cases] }]));
}
