import { statSync } from "node:fs";
import { withLiveLine } from "./live-line.ts";

/**
 * Reads a big file, with a live line that says how much of it has been read.
 * @param file its name as the user wrote it, and its absolute path
 * @param read is given what is to be told the number of bytes read so far
 */
export function withReadingLine<T>(
  file: { readonly name: string; readonly path: string },
  process: NodeJS.Process,
  quiet: boolean,
  read: (onBytes: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  const size = statSync(file.path, { throwIfNoEntry: false })?.size ?? 0;
  let done = 0;
  const text = () => {
    const share = size === 0 ? "" : `, ${Math.floor((100 * Math.min(done, size)) / size)} %`;
    return { head: "reading ", name: file.name, tail: share };
  };
  return withLiveLine({ process, quiet, after: 1000, text }, () =>
    read((bytes) => {
      done = bytes;
    }),
  );
}
