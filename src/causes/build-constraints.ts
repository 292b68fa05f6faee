/** The rules stand beside the other rules of keys; causes are found by them too. */
export * from "../keys/build-constraints.ts";
