import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createListed, packListing, parseCacheListing } from "../../src/model/cache-listing.ts";
import type { Digest } from "../../src/model/ids.ts";

const digest = (text: string): Digest => createHash("sha256").update(text).digest("hex") as Digest;

test("find, stat and bare names are read; other files, other sizes and other lines are not", () => {
  const [one, two, three, cut, output] = ["1", "2", "3", "4", "5"].map(digest);
  const text = [
    `${one}-a 175 1716381826.1234567890`,
    `/home/ci/.cache/go-build/ab/${two}-a 175 1716381827`,
    `${three}-a`,
    `${cut}-a 12 1716381826`,
    `${output}-d 175 1716381826`,
    "README 100 1716381826",
    "",
  ].join("\r\n");
  expect(parseCacheListing(text)).toEqual({ digests: [two, one, three], others: 3 });
});

test("what is packed is found again, and nothing else", () => {
  const all = Array.from({ length: 3000 }, (_, at) => digest(String(at)));
  const isListed = createListed(packListing(all.slice(0, 2000)));
  expect(all.map(isListed)).toEqual(all.map((_, at) => at < 2000));
  expect(packListing(all).length).toBe(3000 * 8);
  expect(createListed("")(digest("1"))).toBe(false);
});
