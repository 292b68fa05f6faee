import { randomBytes } from "node:crypto";

const letters = "abcdefghijklmnopqrstuvwxyz";
const alphabet = `${letters}234567`;

/** A new random name for a run or a part of one: 8 characters of lower-case base32, the first a letter (39 bits). */
export function newRunId(): string {
  const bytes = randomBytes(8);
  let id = letters.charAt((bytes[0] ?? 0) % letters.length);
  for (let index = 1; index < 8; index++) id += alphabet.charAt((bytes[index] ?? 0) & 31);
  return id;
}

/** True for what `newRunId` could have made. */
export function isRunId(text: string): boolean {
  return /^[a-z][a-z2-7]{7}$/.test(text);
}
