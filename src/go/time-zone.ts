import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The zone in which the go command prints times. */
export interface TimeZone {
  /**
   * A time as Go's `%v` prints it: `2026-11-21 07:45:11.859644549 +0000 UTC` (time.Time.String, Go 1.21–1.27).
   * @param nanoseconds since the epoch
   * @returns a byte string; only a damaged zone file has an abbreviation that is not ASCII
   */
  format(nanoseconds: bigint): string;
}

export interface TimeZoneOptions {
  /** TZ of the go command; undefined where it is not set, which is not the same as empty. */
  readonly tz: string | undefined;
  /** GOROOT, whose zoneinfo.zip is the last resort; null where it is unknown. */
  readonly goroot: string | null;
  /** The system's folders of zones; those in which Go looks unless given. */
  readonly sources?: readonly string[];
  /** The zone of a machine without TZ; `/etc/localtime` unless given. */
  readonly localtime?: string;
}

/** The zone that Go takes for the local one (time/zoneinfo_unix.go initLocal, Go 1.21–1.27); UTC where it finds none. */
export function localTimeZone(options: TimeZoneOptions): TimeZone {
  return timeZoneOf(localRules(options));
}

/** time/zoneinfo_unix.go, Go 1.21–1.27. */
const systemSources = [
  "/usr/share/zoneinfo",
  "/usr/share/lib/zoneinfo",
  "/usr/lib/locale/TZ",
  "/etc/zoneinfo",
];

function localRules({
  tz,
  goroot,
  sources = systemSources,
  localtime = "/etc/localtime",
}: TimeZoneOptions): ZoneRules | null {
  if (tz === undefined) return readZone(localtime) ?? readZippedZone(goroot, "localtime");
  const name = tz.startsWith(":") ? tz.slice(1) : tz;
  if (name === "" || name === "UTC") return null;
  if (name.startsWith("/")) return readZone(name) ?? readZippedZone(goroot, name);
  for (const source of sources) {
    const zone = readZone(`${source}/${name}`);
    if (zone !== null) return zone;
  }
  return readZippedZone(goroot, name);
}

function readZone(path: string): ZoneRules | null {
  try {
    return parseZone(readFileSync(path));
  } catch {
    return null;
  }
}

/** One zone of `$GOROOT/lib/time/zoneinfo.zip`, whose files are not compressed. */
function readZippedZone(goroot: string | null, name: string): ZoneRules | null {
  if (goroot === null) return null;
  let zip: Buffer;
  try {
    zip = readFileSync(join(goroot, "lib", "time", "zoneinfo.zip"));
  } catch {
    return null;
  }
  try {
    return findZipped(zip, Buffer.from(name));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function findZipped(zip: Buffer, name: Buffer): ZoneRules | null {
  const tail = zip.length - 22;
  if (zip.readUInt32LE(tail) !== 0x06054b50) return null;
  const count = zip.readUInt16LE(tail + 10);
  let at = zip.readUInt32LE(tail + 16);
  for (let entry = 0; entry < count && zip.readUInt32LE(at) === 0x02014b50; entry++) {
    const nameLength = zip.readUInt16LE(at + 28);
    const next = at + 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    if (zip.subarray(at + 46, at + 46 + nameLength).equals(name)) {
      if (zip.readUInt16LE(at + 10) !== 0) return null;
      const file = zip.readUInt32LE(at + 42);
      const data = file + 30 + nameLength + zip.readUInt16LE(file + 28);
      return parseZone(zip.subarray(data, data + zip.readUInt32LE(at + 24)));
    }
    at = next;
  }
  return null;
}

interface Zone {
  readonly name: string;
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly isSummer: boolean;
}

interface ZoneRules {
  readonly zones: readonly Zone[];
  /** Seconds since the epoch from which on, and the index in `zones`; ascending, never empty. */
  readonly transitions: readonly { readonly when: number; readonly zone: number }[];
  /** The footer: a POSIX rule for what comes after the last transition; `""` for none. */
  readonly footer: string;
}

/** RFC 8536, as time/zoneinfo_read.go reads it (Go 1.21–1.27): versions 1 to 3, not 4. Null where malformed. */
function parseZone(bytes: Buffer): ZoneRules | null {
  try {
    return readZoneFile(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readZoneFile(bytes: Buffer): ZoneRules | null {
  if (bytes.toString("latin1", 0, 4) !== "TZif") return null;
  const version = bytes.readUInt8(4);
  if (version !== 0 && version !== 0x32 && version !== 0x33) return null;
  const wide = version !== 0;
  let at = 20;
  const counts = () => {
    const [utc, standard, leaps, times, types, letters] = [0, 4, 8, 12, 16, 20].map((step) =>
      bytes.readUInt32BE(at + step),
    ) as [number, number, number, number, number, number];
    at += 24;
    return { utc, standard, leaps, times, types, letters };
  };
  let count = counts();
  if (wide) {
    // The same in 32 bits stands first.
    const { times, types, letters, leaps, standard, utc } = count;
    at += times * 5 + types * 6 + letters + leaps * 8 + standard + utc + 20;
    count = counts();
  }
  const size = wide ? 8 : 4;
  const whens = at;
  const indices = whens + count.times * size;
  const types = indices + count.times;
  const letters = types + count.types * 6;
  const end = letters + count.letters + count.leaps * (size + 4) + count.standard + count.utc;
  if (end > bytes.length || count.types === 0) return null;
  const zones: Zone[] = [];
  for (let index = 0; index < count.types; index++) {
    const type = types + index * 6;
    const nameAt = bytes.readUInt8(type + 5);
    if (nameAt >= count.letters) return null;
    const name = bytes.toString("latin1", letters + nameAt, letters + count.letters);
    const [abbreviation = ""] = name.split("\0", 1);
    zones.push({
      name: abbreviation,
      offset: bytes.readInt32BE(type),
      isSummer: bytes.readUInt8(type + 4) !== 0,
    });
  }
  const transitions: { when: number; zone: number }[] = [];
  for (let index = 0; index < count.times; index++) {
    const place = whens + index * size;
    const when = wide ? Number(bytes.readBigInt64BE(place)) : bytes.readInt32BE(place);
    const zone = bytes.readUInt8(indices + index);
    if (zone >= zones.length) return null;
    transitions.push({ when, zone });
  }
  if (transitions.length === 0) transitions.push({ when: Number.NEGATIVE_INFINITY, zone: 0 });
  const rest = bytes.toString("latin1", end);
  const footer = rest.length > 2 && rest.startsWith("\n") && rest.endsWith("\n") ? rest.slice(1, -1) : "";
  return { zones, transitions, footer };
}

/** Where the rules are null it is UTC. */
function timeZoneOf(rules: ZoneRules | null): TimeZone {
  return {
    format(nanoseconds) {
      const billion = 1_000_000_000n;
      const fraction = ((nanoseconds % billion) + billion) % billion;
      const seconds = Number((nanoseconds - fraction) / billion);
      const { name, offset } = rules === null ? utc : zoneAt(rules, seconds);
      const digits = fraction.toString().padStart(9, "0").replace(/0+$/, "");
      const numeric = numericZone(offset);
      return `${clock(seconds + offset)}${digits === "" ? "" : `.${digits}`} ${numeric} ${name === "" ? numeric : name}`;
    },
  };
}

const utc: Zone = { name: "UTC", offset: 0, isSummer: false };

/** `-0700`; seconds of an offset are cut off. */
function numericZone(offset: number): string {
  const minutes = Math.trunc(offset / 60);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${twoDigits(Math.floor(size / 60))}${twoDigits(size % 60)}`;
}

/** `2006-01-02 15:04:05` of a clock that counts seconds since 1970. */
function clock(seconds: number): string {
  const days = Math.floor(seconds / day);
  const { year, month, date } = calendar(days);
  const second = seconds - days * day;
  const sign = year < 0 ? "-" : "";
  const time = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  return (
    `${sign}${Math.abs(year).toString().padStart(4, "0")}-${twoDigits(month)}-${twoDigits(date)} ` +
    time.map(twoDigits).join(":")
  );
}

const day = 86_400;

function twoDigits(number: number): string {
  return number.toString().padStart(2, "0");
}

/** The Gregorian date of a day since 1970-01-01, at any distance: a Date ends at the year 275760, file times don't. */
function calendar(days: number): { year: number; month: number; date: number } {
  // Counted from 0000-03-01, so that a leap day ends its year and 400 years are 146097 days.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const part = Math.floor((5 * ofYear + 2) / 153);
  const month = part < 10 ? part + 3 : part - 9;
  const date = ofYear - Math.floor((153 * part + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date };
}

/** time/zoneinfo.go Location.lookup (Go 1.21–1.27). */
function zoneAt(rules: ZoneRules, seconds: number): Zone {
  const { zones, transitions, footer } = rules;
  let low = 0;
  let high = transitions.length;
  if (seconds < (transitions[0]?.when ?? 0)) return firstZone(rules);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (seconds < (transitions[middle]?.when ?? 0)) high = middle;
    else low = middle;
  }
  const extended = low === transitions.length - 1 && footer !== "" ? zoneOfFooter(footer, seconds) : null;
  return extended ?? zones[transitions[low]?.zone ?? 0] ?? utc;
}

/** lookupFirstZone: the zone before the first transition. */
function firstZone({ zones, transitions }: ZoneRules): Zone {
  const first = zones[0] ?? utc;
  if (!transitions.some(({ zone }) => zone === 0)) return first;
  const next = transitions[0]?.zone ?? 0;
  if (zones[next]?.isSummer) {
    const earlier = zones.slice(0, next).findLast((zone) => !zone.isSummer);
    if (earlier !== undefined) return earlier;
  }
  return zones.find((zone) => !zone.isSummer) ?? first;
}

interface Footer {
  readonly standard: Zone;
  /** Null where the clock is never put forward. */
  readonly summer: { readonly zone: Zone; readonly from: Rule; readonly to: Rule } | null;
}

type Rule =
  | { readonly kind: "julian"; readonly day: number; readonly time: number }
  | { readonly kind: "day"; readonly day: number; readonly time: number }
  | {
      readonly kind: "week";
      readonly month: number;
      readonly week: number;
      readonly day: number;
      readonly time: number;
    };

const footers = new Map<string, Footer | null>();

/** `CET-1CEST,M3.5.0,M10.5.0/3`, as tzset reads it (time/zoneinfo.go, Go 1.21–1.27). Null where malformed. */
function zoneOfFooter(text: string, seconds: number): Zone | null {
  let footer = footers.get(text);
  if (footer === undefined) {
    footer = parseFooter(text);
    footers.set(text, footer);
  }
  if (footer === null) return null;
  const { standard, summer } = footer;
  if (summer === null) return standard;
  const days = Math.floor(seconds / day);
  const { year } = calendar(days);
  const yearStart = dayOf(year, 1, 1) * day;
  const second = seconds - yearStart;
  const from = ruleTime(year, summer.from) - standard.offset;
  const to = ruleTime(year, summer.to) - summer.zone.offset;
  // In the south summer begins in one year and ends in the next.
  if (to < from) return second < to || second >= from ? summer.zone : standard;
  return second < from || second >= to ? standard : summer.zone;
}

function parseFooter(text: string): Footer | null {
  const name = "(<[^>]*>|[^0-9,+<-][^0-9,+-]{2,})";
  const offset = "([+-]?\\d{1,3}(?::\\d{1,2}(?::\\d{1,2})?)?)";
  const found = new RegExp(
    `^${name}${offset}(?:${name}${offset}?(?:[,;]([^,]*),([^,]*))?)?(?:,.*)?$`,
    "s",
  ).exec(text);
  if (found === null) return null;
  const [, standardName = "", standardOffset = "", summerName, summerOffset, from, to] = found;
  const west = clockOf(standardOffset);
  if (west === null) return null;
  const standard: Zone = { name: plain(standardName), offset: -west, isSummer: false };
  if (summerName === undefined) return { standard, summer: null };
  const summerWest = summerOffset === undefined ? west - 3600 : clockOf(summerOffset);
  const start = parseRule(from ?? "M3.2.0");
  const end = parseRule(to ?? "M11.1.0");
  if (summerWest === null || start === null || end === null) return null;
  return {
    standard,
    summer: { zone: { name: plain(summerName), offset: -summerWest, isSummer: true }, from: start, to: end },
  };
}

function plain(name: string): string {
  return name.startsWith("<") ? name.slice(1, -1) : name;
}

/** `[+-]h[:m[:s]]` in seconds; up to a week, as tzdata has it (Africa/Casablanca's rules go beyond a day). */
function clockOf(text: string): number | null {
  const found = /^([+-]?)(\d+)(?::(\d+)(?::(\d+))?)?$/.exec(text);
  if (found === null) return null;
  const [hours, minutes, seconds] = [found[2], found[3], found[4]].map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
  ];
  if (hours > 24 * 7 || minutes > 59 || seconds > 59) return null;
  const size = hours * 3600 + minutes * 60 + seconds;
  return found[1] === "-" ? -size : size;
}

function parseRule(text: string): Rule | null {
  const [date = "", clockText] = text.split("/", 2);
  const time = clockText === undefined ? 2 * 3600 : clockOf(clockText);
  if (time === null) return null;
  const week = /^M(\d+)\.([1-5])\.([0-6])$/.exec(date);
  if (week !== null) {
    const month = Number(week[1]);
    return month < 1 || month > 12
      ? null
      : { kind: "week", month, week: Number(week[2]), day: Number(week[3]), time };
  }
  const counted = /^(J?)(\d+)$/.exec(date);
  if (counted === null) return null;
  const number = Number(counted[2]);
  const julian = counted[1] === "J";
  if (number > 365 || (julian && number < 1)) return null;
  return { kind: julian ? "julian" : "day", day: number, time };
}

/** Seconds since the start of the year at which a rule takes effect, on the clock that holds until then. */
function ruleTime(year: number, rule: Rule): number {
  const first = dayOf(year, 1, 1);
  switch (rule.kind) {
    case "julian": {
      // February 29 has no number.
      const leap = dayOf(year, 3, 1) - first === 60 && rule.day >= 60 ? 1 : 0;
      return (rule.day - 1 + leap) * day + rule.time;
    }
    case "day":
      return rule.day * day + rule.time;
    case "week": {
      const monthStart = dayOf(year, rule.month, 1);
      const length =
        (rule.month === 12 ? dayOf(year + 1, 1, 1) : dayOf(year, rule.month + 1, 1)) - monthStart;
      // 1970-01-01 was a Thursday.
      const weekday = (((monthStart + 4) % 7) + 7) % 7;
      let date = (rule.day - weekday + 7) % 7;
      for (let week = 1; week < rule.week && date + 7 < length; week++) date += 7;
      return (monthStart - first + date) * day + rule.time;
    }
  }
}

/** Days from 1970-01-01 to a date: the inverse of `calendar`. */
function dayOf(year: number, month: number, date: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1;
  const ofEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + ofYear;
  return era * 146_097 + ofEra - 719_468;
}
