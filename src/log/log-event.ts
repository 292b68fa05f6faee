import type { Digest } from "./ids.ts";

/**
 * One line of a GODEBUG=gocachehash=1 log (cache/hash.go, Go 1.21–1.27). All strings are byte strings: one
 * character (U+0000–U+00FF) a byte, since a log may hold bytes that are no UTF-8.
 */
export type LogEvent =
  | { readonly type: "begin"; readonly name: string }
  | { readonly type: "write"; readonly name: string; readonly bytes: string }
  | { readonly type: "sum"; readonly name: string; readonly digest: Digest }
  | {
      readonly type: "subkey";
      readonly parent: Digest;
      readonly description: string;
      readonly digest: Digest;
    }
  | {
      readonly type: "file";
      readonly path: string;
      readonly digest: Digest | null;
      readonly error: string | null;
    }
  /** A line of somebody else: a diagnostic, `-x` text, output of a program. Without its line end. */
  | { readonly type: "foreign"; readonly text: string }
  /** A line with `HASH[` in it that fits no form: torn, cut or mixed with other output. */
  | { readonly type: "damaged"; readonly text: string };
