export interface Place {
  readonly checkout: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly edit: string;
}

export interface Change {
  readonly name: string;
  readonly before?: (place: Place) => Place;
  readonly now: (place: Place) => Place;
  readonly suppose: readonly (readonly string[])[];
}

export function changesOf(edit: string): readonly Change[];

export function disagreement(told: {
  readonly wouldMiss: number;
  readonly evidence: { readonly kind: string };
  readonly verified: { readonly missed: number; readonly otherwise: readonly unknown[] } | null;
  readonly warnings: readonly { readonly message: string }[];
}): string | null;

export const smallModule: Readonly<Record<string, string>>;
