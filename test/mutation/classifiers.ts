import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/causes/row.ts";

/** A table of a classifier, as it lies in its module: taking a row out of `rows` takes it out of the tool. */
export interface Classifier {
  /** `classify-file fileRows` */
  readonly name: string;
  readonly rows: Row[];
}

const folder = join(import.meta.dirname, "../../src/causes");

/** Every table of rows that a module of src/causes exports. */
export async function findClassifiers(): Promise<readonly Classifier[]> {
  const found: Classifier[] = [];
  for (const file of readdirSync(folder).sort()) {
    const module: Record<string, unknown> = await import(join(folder, file));
    for (const [name, value] of Object.entries(module)) {
      if (isTable(value)) found.push({ name: `${file.replace(/\.ts$/, "")} ${name}`, rows: value });
    }
  }
  return found;
}

function isTable(value: unknown): value is Row[] {
  return Array.isArray(value) && value.length > 0 && value.every((row) => typeof row?.says === "function");
}

/** Does something with another row in the place of one (or with none), and puts the table back. */
export function withRow<T>({ rows }: Classifier, at: number, instead: Row | null, act: () => T): T {
  const kept = [...rows];
  rows.splice(at, 1, ...(instead === null ? [] : [instead]));
  try {
    return act();
  } finally {
    rows.splice(0, rows.length, ...kept);
  }
}
