import fc from "fast-check";
import { fixtureNames, readFixture, readObject } from "../scenarios/fixture.ts";

/** A byte string: one character (U+0000–U+00FF) a byte, with what is special to `%q` and to the log well represented. */
export function byteString(maxLength = 40): fc.Arbitrary<string> {
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('"', "\\", "\n", "\r", "\0", " ", "]", ":", "\x7f"),
    fc.constantFrom(
      "\xc3\xa9",
      "\xe2\x82\xac",
      "\xf0\x9f\x98\x80",
      "\xef\xbf\xbd",
      "\xef\xbb\xbf",
      "\xe2\x80\x8b",
    ),
  );
  return fc.array(byte, { maxLength }).map((bytes) => bytes.join(""));
}

/** A recorded log of every Go version, once as it is cut down and once whole. */
export function recordedLogs(): readonly { readonly name: string; readonly log: Buffer }[] {
  const wanted = [
    "go1.22.12/env-cgo-cflags",
    "go1.24.11/env-cgo-cflags",
    "go1.26.8/first-build",
    "go1.26.8/flag-race",
    "go1.26.8/build-broken",
  ];
  return wanted
    .filter((name) => fixtureNames().includes(name))
    .map((name) => ({ name, log: readObject(readFixture(name).now.replay) }));
}
