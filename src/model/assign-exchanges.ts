import { unionOf } from "../util/union-of.ts";
import type { CacheExchange, CacheLookup, CacheNotes, CacheTrace, CacheTraffic } from "./cache-trace.ts";
import { type Digest, type ShortId, shortId, subkeyOf } from "./ids.ts";
import type { RunAction } from "./run.ts";

/**
 * What Go stores of an action beside its output, under subkeys of its key: what the compiler printed, what the linker did (under the
 * key of the main package's build), generated files and their list (work/exec.go, work/buildid.go, Go 1.24–1.27).
 */
const besideOutput = [
  "stdout",
  "link-stdout",
  "srcfiles",
  "vet.cfg",
  "fix.zip",
  "_cgo_install.h",
  "covmeta",
] as const;

const mostErrors = 5;

/**
 * Puts what was asked of a cache program to the actions that it was asked for. Requests of no action (module indexes, test logs, answers of C
 * compilers) are in the sums alone.
 */
export function assignExchanges(notes: CacheNotes, actions: readonly RunAction[]): CacheTrace {
  const { exchanges, commands, end, status } = notes;
  const keys = new Map(actions.flatMap(({ id, key }) => (id === null ? [] : [[id, key] as const])));
  const owners = ownersOf(exchanges, keys);
  const lookups = new Map<string, CacheLookup>();
  for (const exchange of exchanges) {
    const owner = exchange.actionId === null ? undefined : owners.get(exchange.actionId);
    if (owner === undefined) continue;
    const known = lookups.get(owner.key) ?? noLookup(owner.key);
    lookups.set(owner.key, withExchange(known, exchange, owner.isOutput));
  }
  return {
    commands,
    end,
    status,
    gets: trafficOf(exchanges.filter(({ command }) => command === "get")),
    puts: trafficOf(exchanges.filter(({ command }) => command === "put")),
    waitSeconds: waitOf(exchanges),
    errors: errorsOf(exchanges),
    lookups: [...lookups.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

interface Owner {
  readonly key: string;
  /** False for what is stored beside the output. */
  readonly isOutput: boolean;
}

function ownersOf(
  exchanges: readonly CacheExchange[],
  keys: ReadonlyMap<ShortId, string>,
): ReadonlyMap<Digest, Owner> {
  const owners = new Map<Digest, Owner>();
  const asked = new Set(exchanges.flatMap(({ actionId }) => actionId ?? []));
  for (const digest of asked) {
    const key = keys.get(shortId(digest));
    if (key !== undefined) owners.set(digest, { key, isOutput: true });
  }
  for (const [digest, { key }] of [...owners]) {
    for (const name of besideOutput) {
      const subkey = subkeyOf(digest, name);
      if (asked.has(subkey)) owners.set(subkey, { key, isOutput: false });
    }
  }
  return owners;
}

function noLookup(key: string): CacheLookup {
  return { key, got: null, gotBytes: 0, gotSeconds: 0, put: null, putBytes: 0, putSeconds: 0 };
}

function withExchange(lookup: CacheLookup, exchange: CacheExchange, isOutput: boolean): CacheLookup {
  const { result, bytes, flaw, command } = exchange;
  const seconds = exchange.seconds ?? 0;
  if (command === "get") {
    // What it answers once it was given the output tells nothing of what it had before.
    const isFirst = isOutput && lookup.got === null && lookup.put === null;
    return {
      ...lookup,
      ...(isFirst ? { got: result, ...(flaw === undefined ? {} : { flaw }) } : {}),
      gotBytes: lookup.gotBytes + bytes,
      gotSeconds: lookup.gotSeconds + seconds,
    };
  }
  if (command !== "put") return lookup;
  return {
    ...lookup,
    ...(isOutput ? { put: result } : {}),
    putBytes: lookup.putBytes + bytes,
    putSeconds: lookup.putSeconds + seconds,
  };
}

function trafficOf(exchanges: readonly CacheExchange[]): CacheTraffic {
  const count = (...results: readonly CacheExchange["result"][]): number =>
    exchanges.filter(({ result }) => results.includes(result)).length;
  const moved = exchanges.filter(({ result }) => result === "hit" || result === "done");
  return {
    requests: exchanges.length,
    hits: count("hit"),
    misses: count("miss"),
    errors: count("error"),
    flawed: exchanges.filter(({ flaw }) => flaw !== undefined).length,
    unanswered: count("none"),
    bytes: moved.reduce((sum, { bytes }) => sum + bytes, 0),
    seconds: exchanges.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
  };
}

/** The time on the clock with at least one request open. */
function waitOf(exchanges: readonly CacheExchange[]): number {
  const times = exchanges.flatMap(({ startMs, seconds }) =>
    seconds === null ? [] : [[startMs, startMs + 1000 * seconds] as const],
  );
  return unionOf(times) / 1000;
}

function errorsOf(exchanges: readonly CacheExchange[]): CacheTrace["errors"] {
  const counts = new Map<string, number>();
  for (const { error } of exchanges) if (error !== undefined) counts.set(error, (counts.get(error) ?? 0) + 1);
  return [...counts]
    .map(([text, count]) => ({ text, count }))
    .sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1))
    .slice(0, mostErrors);
}
