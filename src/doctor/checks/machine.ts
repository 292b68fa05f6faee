import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import type { CachePlace, Machine } from "../machine.ts";

/** What is found of the machine and of the recorded runs. */
export function examineMachine(machine: Machine, checkup: Checkup): readonly Sighting[] {
  return [
    ...(machine.gocache === null ? [] : cachePlace(machine.gocache)),
    ...flagPlaces(machine),
    ...toolchain(machine),
    ...cacheProgram(machine),
    ...history(machine, checkup),
  ];
}

function here(code: Sighting["code"], values: Sighting["values"], evidence: string): Sighting {
  return { code, file: null, line: null, values, evidence };
}

const network = /^(?:nfs|cifs|smb|9p|fuse|afs|ceph)/;
const fewBytes = 2 ** 30;

function cachePlace(place: CachePlace): readonly Sighting[] {
  const { path, fileSystem, freeBytes, old } = place;
  const found: Sighting[] = [];
  const values = { path, fileSystem: fileSystem ?? "" };
  const seen = `${path} lies on ${fileSystem}`;
  if (fileSystem !== null && network.test(fileSystem)) found.push(here("gocache-on-network", values, seen));
  if (fileSystem === "tmpfs") found.push(here("gocache-on-tmpfs", values, seen));
  if (fileSystem === "overlay") {
    const sighting = here("gocache-on-overlay", values, seen);
    found.push(place.isCi ? { ...sighting, severity: "warning" } : sighting);
  }
  if (!place.isWritable) found.push(here("gocache-read-only", { path }, `${path} can't be written`));
  else if (freeBytes !== null && freeBytes < fewBytes) {
    const free = `${Math.round(freeBytes / 2 ** 20)} MiB`;
    found.push(here("gocache-volume-full", { path, free }, `${free} free`));
  }
  if (place.owners > 1) {
    found.push(
      here(
        "gocache-shared-by-users",
        { path, users: String(place.owners) },
        `entries of ${place.owners} users`,
      ),
    );
  }
  const isMost = place.entries > 100 && old.entries > place.entries * 0.8;
  if (isMost) {
    const when = place.isTrimDue ? "the next go build, test or vet" : "the next trim";
    const counts = { old: String(old.entries), entries: String(place.entries), when };
    found.push(
      here(
        "gocache-trim-deletes-most",
        counts,
        `${old.entries} of ${place.entries} files are older than five days`,
      ),
    );
  }
  return found;
}

function flagPlaces({ goflags }: Machine): readonly Sighting[] {
  const [first, ...others] = goflags;
  const other = others.find(({ text }) => text !== first?.text);
  if (first === undefined || other === undefined) return [];
  return [
    here(
      "goflags-disagree",
      { one: first.from, other: other.from, text: first.text, lost: other.text },
      `${first.from}: ${first.text}; ${other.from}: ${other.text}`,
    ),
  ];
}

function toolchain({ toolchain }: Machine): readonly Sighting[] {
  if (toolchain === null || toolchain.own === toolchain.used) return [];
  return [
    here(
      "toolchain-switched",
      { ...toolchain },
      `go version outside: ${toolchain.own}, inside: ${toolchain.used}`,
    ),
  ];
}

function cacheProgram({ cacheProgram }: Machine): readonly Sighting[] {
  if (cacheProgram === null || cacheProgram.problem === null) return [];
  const { command, problem } = cacheProgram;
  return [here("gocacheprog-fails", { command, problem }, problem)];
}

/** Variables that make a job's own place. */
const jobVariables = /^(?:TMPDIR|HOME|PWD|USER|HOSTNAME|.*(?:_ID|_NUMBER|_SHA|_TOKEN|BUILD_NUM))$/;

function history({ history, checkout }: Machine, checkup: Checkup): readonly Sighting[] {
  if (history === null) return [];
  const found: Sighting[] = [];
  const usual = [...history.directories].sort((one, other) => other.runs - one.runs)[0];
  const moved = history.causes.find(({ code }) => code === "directory-moved");
  if (moved !== undefined && usual !== undefined && usual.path !== history.directory && usual.runs > 1) {
    found.push(
      here(
        "checkout-path-unusual",
        { path: history.directory, usual: usual.path },
        `${usual.runs} recorded runs in ${usual.path}; directory-moved in ${moved.runs}`,
      ),
    );
  }
  for (const cause of history.causes) {
    if (cause.code === "test-env-changed" && (cause.runs > 1 || jobVariables.test(cause.subject))) {
      const place = readerOf(cause.subject, checkup);
      found.push({
        ...here(
          "test-variable-per-job",
          { name: cause.subject, runs: `${cause.runs} of ${history.runs}` },
          `${cause.subject}: ${cause.example}`,
        ),
        ...place,
      });
    }
  }
  const times = history.causes.filter(({ code, isOnlyTimes }) => code === "test-file-changed" && isOnlyTimes);
  if (times.length > 0) {
    const isFresh = checkout !== null && checkout.files > 20 && checkout.fresh > checkout.files * 0.95;
    const all = isFresh ? "all files of this checkout have new times" : "files have other times";
    found.push(here("checkout-times-new", { count: String(times.length), all }, times[0]?.example ?? ""));
  }
  const stamps = history.causes.find(({ code }) => code === "vcs-stamp-changed");
  if (stamps !== undefined && stamps.runs > 1 && stamps.missed > 0) {
    found.push(
      here(
        "vcs-stamp-relinks",
        { runs: String(stamps.runs) },
        `vcs-stamp-changed in ${stamps.runs} of ${history.runs} runs`,
      ),
    );
  }
  return found;
}

/** Where a test file reads a variable. */
function readerOf(
  name: string,
  { sources }: Checkup,
): { readonly file: string; readonly line: number } | object {
  for (const source of sources) {
    const call = source.calls.find(
      (each) => /^os\.(?:Getenv|LookupEnv)$/.test(each.name) && each.literals.includes(name),
    );
    if (source.isTest && call !== undefined) return { file: source.file, line: call.line };
  }
  return {};
}
