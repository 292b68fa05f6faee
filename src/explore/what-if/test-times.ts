/** Whether two states of a file that a test read differ in their times alone; null: there is no such input on that side. */
export function sameTimes(before: string | null, now: string | null): boolean {
  return before !== null && now !== null && withoutTimes(before) === withoutTimes(now);
}

/** `stat SIZE MODE TIME ZONE ISDIR` as test/test.go hashWriteStat prints it (Go 1.21–1.27); the zone stays. */
function withoutTimes(text: string): string {
  return text.replace(
    /(stat \d+ [0-9a-f]+) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? ([+-]\d{4} \S+) (true|false)/g,
    "$1 - $2 $3",
  );
}
