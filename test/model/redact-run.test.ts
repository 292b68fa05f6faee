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
