/** A piece of a file, taken out of what stands around it: it still knows which line each character came from. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** Line of the file, from 1, that the character at an offset came from. */
  lineAt(offset: number): number;
}

/** Builds a text from pieces of known lines. */
export interface SourceBuilder {
  add(text: string, line: number): void;
  /** True where nothing was added yet. */
  readonly isEmpty: boolean;
  finish(): SourceText;
}

export function sourceBuilder(file: string): SourceBuilder {
  const pieces: { readonly at: number; readonly line: number }[] = [];
  let text = "";
  return {
    get isEmpty() {
      return text === "";
    },
    add(piece, line) {
      // A piece may span lines of its own: each begins anew behind its newline.
      for (const [index, part] of piece.split(/(?<=\n)/).entries()) {
        pieces.push({ at: text.length, line: line + index });
        text += part;
      }
    },
    finish() {
      const whole = text;
      return {
        file,
        text: whole,
        lineAt(offset) {
          let low = 0;
          let high = pieces.length - 1;
          while (low < high) {
            const middle = Math.ceil((low + high) / 2);
            if ((pieces[middle]?.at ?? 0) <= offset) low = middle;
            else high = middle - 1;
          }
          return pieces[low]?.line ?? 1;
        },
      };
    },
  };
}

/** A text whose lines follow each other in the file. */
export function sourceText(file: string, text: string, firstLine = 1): SourceText {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return {
    file,
    text,
    lineAt(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return firstLine + low;
    },
  };
}
