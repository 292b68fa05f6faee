/** Identifiers are defined where they are first read, in the log; the model is where everybody else finds them. */
export * from "../log/ids.ts";
