export function pageAssets(): {
  readonly assets: { readonly script: string; readonly style: string };
  /** JSON of `assets`, brotli, base64. */
  readonly packed: string;
  readonly inputs: readonly string[];
  readonly bytesFrom: Readonly<Record<string, number>>;
};
