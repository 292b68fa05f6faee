import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

type Json = Record<string, unknown>;

/** A published schema, by its name in `schema/`. */
export type SchemaName =
  | "report"
  | "runs"
  | "why"
  | "inputs"
  | "snapshot"
  | "tests"
  | "what-if"
  | "what-if-over"
  | "config"
  | "doctor"
  | "explain"
  | "check"
  | "cache";

export function readSchema(name: SchemaName): Json {
  return JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), "utf8"));
}

/** Validates as a consumer would, who tolerates fields that were added later. */
export function validator(name: SchemaName): ValidateFunction {
  return compile(readSchema(name));
}

/** Validates as this repository must: a field that the schema does not describe is an error. */
export function closedValidator(name: SchemaName): ValidateFunction {
  return compile(close(readSchema(name)) as Json);
}

function compile(schema: Json): ValidateFunction {
  return new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
}

function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (schema === null || typeof schema !== "object") return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]));
  return "properties" in copy && "required" in copy ? { ...copy, additionalProperties: false } : copy;
}
