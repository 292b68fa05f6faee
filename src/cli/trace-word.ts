/** The first word of what go starts in the place of the user's cache program under --trace-cache; none that people use. */
export const traceWord = "__trace-cache";

/** Tells that process where the exchange is noted. Of a variable of its own, since tests may read GOCACHEPROG, and their results depend on it then. */
export const traceVariable = "GOCACHE_WHY_CACHE_NOTES";
