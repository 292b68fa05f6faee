/** Two values cut where they differ: what both begin with, what is each one's own, what both end with. */
export interface MarkedPair {
  readonly head: string;
  readonly before: string;
  readonly now: string;
  readonly tail: string;
}

/** Cuts at characters, never inside of one that takes two code units. */
export function markPair(before: string, now: string): MarkedPair {
  const left = Array.from(before);
  const right = Array.from(now);
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < shorter - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  return {
    head: left.slice(0, head).join(""),
    before: left.slice(head, left.length - tail).join(""),
    now: right.slice(head, right.length - tail).join(""),
    tail: tail === 0 ? "" : left.slice(-tail).join(""),
  };
}
