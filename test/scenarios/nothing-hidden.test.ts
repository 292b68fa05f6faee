import { expect, test } from "vitest";
import { fixtureNames, readFixture, runOfFixture } from "./fixture.ts";

// What Go and people write in ordinary builds is no secret: hashes, import paths, IDs, versions, flags, paths.
test.each(fixtureNames())("nothing is hidden in %s", (name) => {
  const fixture = readFixture(name);
  const before = fixture.before === null ? null : runOfFixture(fixture.before, "before", null);
  const now = runOfFixture(fixture.now, "now", before);
  for (const { run, blocks } of before === null ? [now] : [before, now]) {
    expect([...blocks.values()].filter((block) => block.hidden).map((block) => block.name)).toEqual([]);
    // Values of variables that tests read are hidden whatever they are.
    if (fixture.now.tests !== undefined) continue;
    expect(run.hiddenValues).toBe(0);
    expect(JSON.stringify(run)).not.toContain("<hidden:");
  }
});
