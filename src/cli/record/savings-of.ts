import type { Explanation } from "../../causes/explain.ts";
import type { Outside } from "../../causes/world.ts";
import type { Savings } from "../../explore/what-if/savings.ts";

/** What fixes would have saved, for the report's advice. Loaded only where something missed: a warm run has no advice. */
export async function savingsOf(explanation: Explanation, outside: Outside): Promise<{ savings?: Savings }> {
  if (explanation.causes.size === 0) return {};
  const { createSavings } = await import("../../explore/what-if/savings.ts");
  return { savings: createSavings(explanation, outside) };
}
