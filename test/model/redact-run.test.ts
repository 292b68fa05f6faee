import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createHide } from "../../src/log/hide-secrets.ts";
import { redactRun } from "../../src/model/redact-run.ts";
import { actionOf, runOf } from "../compare/made-runs.ts";

const token = `ghp_${randomBytes(27).toString("base64url").replace(/[-_]/g, "x").slice(0, 36)}`;
const lines = ["go1.26.8", "compile\n"];
const raw = runOf([
  actionOf("build example.com/m/a", lines),
  actionOf(`build example.com/m/${token}`, lines),
  actionOf("build example.com/m/b", lines),
]);

test("a run that was redacted before spares work, and nothing else", () => {
  const hide = createHide(randomBytes(32));
  const first = redactRun(raw, hide);
  expect(JSON.stringify(first.run)).not.toContain(token);
  expect(first.run.hiddenValues).toBe(1);
  // Also where the earlier run has the same packages, one of them by its token.
  expect(redactRun(raw, hide, first.run)).toEqual(first);
});

test("what a cache program is given and what it says hold no secret", () => {
  const hide = createHide(randomBytes(32));
  const password = randomBytes(12).toString("hex");
  const traffic = {
    requests: 1,
    hits: 0,
    misses: 0,
    errors: 1,
    flawed: 0,
    unanswered: 0,
    bytes: 0,
    seconds: 0,
  };
  const run = {
    ...raw.run,
    settings: {
      ...raw.run.settings,
      env: {
        GOCACHEPROG: `go-cacher -access-token ${password} -cache-server https://u:${password}@cache.example`,
      },
    },
    cacheTrace: {
      commands: ["get"],
      end: "closed" as const,
      status: 0,
      gets: traffic,
      puts: traffic,
      waitSeconds: 0,
      errors: [{ text: `Get "https://u:${password}@cache.example/${token}": no route to host`, count: 1 }],
      lookups: [],
    },
  };
  const text = JSON.stringify(redactRun({ run, blocks: raw.blocks }, hide).run);
  expect(text).toContain("no route to host");
  expect(text).toContain("go-cacher -access-token ");
  expect(text).not.toContain(password);
  expect(text).not.toContain(token);
});
