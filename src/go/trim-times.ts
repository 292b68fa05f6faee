/** Go trims when it ends, where it did not within a day (cache/cache.go trimInterval, Go 1.21–1.27). */
export const trimIntervalMs = 24 * 3_600_000;

/** It deletes what was last used so long before: five days, and the hour within which a use is not noted (trimLimit, mtimeInterval). */
export const trimLimitMs = (5 * 24 + 1) * 3_600_000;
