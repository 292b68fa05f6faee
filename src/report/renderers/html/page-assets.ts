import { brotliDecompressSync } from "node:zlib";

/** The page's script and style, as scripts/page-assets.mjs bundles and packs them; the build and the tests put them in. */
declare const GOCACHE_WHY_PAGE: string;

export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Both are of this project and of the libraries that it bundles: no text of a report is in them. */
export function pageAssets(): PageAssets {
  return JSON.parse(brotliDecompressSync(Buffer.from(GOCACHE_WHY_PAGE, "base64")).toString()) as PageAssets;
}
