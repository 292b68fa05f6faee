/**
 * Whether tests run that repeat others on more Go versions or at more length: `npm run test:all`. The older versions
 * and the fuzz test are in `npm run check-harmless`, too; the examples of all commands' help are in no other place.
 */
export const isWhole = process.env.GOCACHE_WHY_TESTS === "all";
