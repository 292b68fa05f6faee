/** Characters that are left for a text, handed out in the order of importance. */
export interface Room {
  /** Takes the text's characters; false, and nothing is taken, where they are not there. */
  take(text: string): boolean;
  readonly left: number;
}

export function createRoom(characters: number): Room {
  let left = characters;
  return {
    take(text) {
      if (text.length > left) return false;
      left -= text.length;
      return true;
    },
    get left() {
      return left;
    },
  };
}

/** A part of a text that can be shown in part: pieces between an opening and a closing. */
export interface Part {
  readonly open: string;
  readonly pieces: readonly string[];
  readonly close: string;
  /** What stands for pieces that have no room. */
  readonly more: (left: number) => string;
}

/** As many pieces of a part as there is room for; `left` of them had none. Empty where not even one fits. */
export function fill(part: Part, room: Room): { text: string; left: number } {
  const { pieces } = part;
  const frame = part.open.length + part.close.length;
  const whole = frame + pieces.reduce((sum, piece) => sum + piece.length, 0);
  const reserve = whole <= room.left ? 0 : part.more(pieces.length).length;
  let length = frame + reserve;
  let count = 0;
  while (count < pieces.length && length + (pieces[count] ?? "").length <= room.left) {
    length += (pieces[count] ?? "").length;
    count++;
  }
  if (count === 0) return { text: "", left: pieces.length };
  const left = pieces.length - count;
  const text = `${part.open}${pieces.slice(0, count).join("")}${left === 0 ? "" : part.more(left)}${part.close}`;
  return room.take(text) ? { text, left } : { text: "", left: pieces.length };
}
