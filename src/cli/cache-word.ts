/** The first word of what go starts as a cache program for a dry run; none of the command line that people use. */
export const cacheWord = "__serve-cache";
