import { hash } from "node:crypto";

/** 64 lower-case hex digits: an action ID as `HASH[...]` sum lines print it (cache/hash.go, Go 1.21–1.27). */
export type Digest = string & { readonly __digest: unique symbol };

/** 20 characters of unpadded base64url: the first 15 bytes of a digest (buildid.HashToString, Go 1.21–1.27). */
export type ShortId = string & { readonly __shortId: unique symbol };

const hex64 = /^[0-9a-f]{64}$/;

/** True for 64 lower-case hex digits. */
export function isDigest(text: string): text is Digest {
  return hex64.test(text);
}

/** The short form under which the action graph, build IDs and `import` lines name a digest. */
export function shortId(digest: Digest): ShortId {
  return Buffer.from(digest.slice(0, 30), "hex").toString("base64url") as ShortId;
}

/** The last part of a build ID `ACTION/CONTENT` or `LINKACTION/…/BINARY` (work/buildid.go, Go 1.21–1.27): the content ID; null where there is none. */
export function contentIdOf(buildId: string | null): ShortId | null {
  const last = buildId?.slice(buildId.lastIndexOf("/") + 1) ?? "";
  return last === "" ? null : (last as ShortId);
}

/**
 * SHA-256 of bytes, as an action ID.
 * @param bytes a "byte string": one character (U+0000–U+00FF) a byte, as everywhere in `log` and `model`.
 */
export function digestOf(bytes: string): Digest {
  return hash("sha256", Buffer.from(bytes, "latin1"), "hex") as Digest;
}

/** The subkey of an action under a description, e.g. `"stdout"` (cache.Subkey: unsalted). */
export function subkeyOf(parent: Digest, description: string): Digest {
  const bytes = Buffer.concat([Buffer.from("subkey:"), Buffer.from(parent, "hex"), Buffer.from(description)]);
  return hash("sha256", bytes, "hex") as Digest;
}
