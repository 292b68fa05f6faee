/**
 * Whether tests run that repeat others on more Go versions or at more length: `npm run test:all`. What the plain `npm test` leaves out is
 * covered by the scripts of docs/accuracy.md, too.
 */
export const isWhole = process.env.GOCACHE_WHY_TESTS === "all";
