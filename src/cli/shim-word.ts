/** The first word of what a shim of `run` starts this tool with; none of the command line that people use. */
export const shimWord = "__below-run";
