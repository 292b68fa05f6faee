import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeSandbox } from "./sandbox.ts";
import { wrappedTests } from "./wrapped-tests.ts";

const files = {
  "go.mod": "module example.com/m\n\ngo 1.21\n",
  "a/a.go": "package a\n\nfunc A() int { return 1 }\n",
  "a/a_test.go": 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) { A() }\n',
  "b/b.go": 'package b\n\nimport "example.com/m/a"\n\nfunc B() int { return a.A() }\n',
  "b/b_test.go": 'package b\n\nimport "testing"\n\nfunc TestB(t *testing.T) { B() }\n',
  "none/none.go": "package none\n\nfunc None() int { return 3 }\n",
};

/** Coverage profiles are kept since Go 1.25, and depend on all covered packages since Go 1.26. */
test("results under coverage: each state has its cause, and go's own words are the report's", {
  timeout: 300_000,
}, () => {
  const sandbox = makeSandbox(files);
  const age = (name: string): void =>
    utimesSync(
      join(sandbox.module, name),
      new Date(Date.now() - 3_600_000),
      new Date(Date.now() - 3_600_000),
    );
  for (const name of Object.keys(files)) age(name);
  const profile = `-coverprofile=${join(sandbox.root, "profile")}`;
  const wrapped = (...words: string[]) => wrappedTests(sandbox, ["test", ...words, "./..."]);
  const ran = { a: "key-changed", b: "key-changed" };
  const hit = { a: "hit", b: "hit" };

  wrapped("-cover");
  // The same binaries and arguments: only the profile was not kept.
  const asked = wrapped(profile);
  expect(asked).toMatchObject({ verdicts: ran, causes: ["test-flag-changed -coverprofile proven"] });
  expect(asked.report.causes[0]).toMatchObject({ direct: 2 });
  expect(wrapped(profile)).toMatchObject({ verdicts: hit, causes: [] });

  const covering = wrapped("-coverpkg=./...");
  expect(covering.verdicts).toEqual(ran);
  // Without -coverprofile, which was there before: two changes.
  expect(covering.causes.map((cause) => cause.replace(/ \w+$/, "")).sort()).toEqual([
    "coverage-changed -coverpkg",
    "test-flag-changed -coverprofile",
  ]);
  expect(wrapped("-coverpkg=./...")).toMatchObject({ verdicts: hit, causes: [] });

  // No test imports it: its statements are counted all the same.
  writeFileSync(join(sandbox.module, "none/none.go"), "package none\n\nfunc None() int { return 4 }\n");
  age("none/none.go");
  const edited = wrapped("-coverpkg=./...");
  expect(edited).toMatchObject({ verdicts: ran, causes: ["file-edited none/none.go proven"] });
  const test = edited.report.actions.find(({ key }) => key === "test example.com/m/a");
  expect(test).toMatchObject({ role: "cascade", via: "build example.com/m/none" });

  expect(wrapped("-coverpkg=./a")).toMatchObject({
    verdicts: ran,
    causes: [expect.stringMatching(/^coverage-changed -coverpkg /)],
  });
  expect(wrapped()).toMatchObject({
    verdicts: ran,
    causes: [expect.stringMatching(/^flag-changed -coverpkg /)],
  });
});
