import { type Disk, outsideValuesOf } from "../keys/outside-values.ts";
import { filesOnDisk } from "../keys/package-source.ts";
import { placeOfPackage } from "../keys/place-of-package.ts";
import type { Run } from "../model/run.ts";

/** Tags that are known to choose files of the standard library. */
const common = ["netgo", "osusergo", "netgo,osusergo", "osusergo,netgo", "timetzdata", "purego"];

/** No choice of a user: they follow from the system, the compiler, or another flag. */
const given =
  /^(aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|wasip1|windows|zos|unix|386|amd64|arm|arm64|loong64|mips|mipsle|mips64|mips64le|ppc64|ppc64le|riscv64|s390x|wasm|cgo|gc|gccgo|race|msan|asan|ignore|go1\.\d+|goexperiment\..*|amd64\.v\d)$/;

/** Packages that are looked into for tags. */
const mostPackages = 400;

/** Tags that `//go:build` lines of the packages that ran ask for: one alone, and all of them that one module has together. */
export function buildTagsOf(now: Run, disk: Disk): readonly string[] {
  const values = outsideValuesOf(now, disk);
  const found = new Map<string, number>();
  const ran = now.actions.filter(({ kind, outcome }) => kind === "build" && outcome === "ran");
  for (const action of ran.slice(0, mostPackages)) {
    const place = placeOfPackage(action.package, false, values);
    if (place === null || place.kind === "standard") continue;
    for (const file of filesOnDisk(place.directory, disk) ?? []) {
      const line = /^\/\/go:build[ \t]+(.*)$/m.exec(file.text ?? "")?.[1] ?? "";
      for (const [tag] of line.matchAll(/[\w.]+/g)) {
        if (!given.test(tag)) found.set(tag, (found.get(tag) ?? 0) + 1);
      }
    }
  }
  const tags = [...found].sort((a, b) => b[1] - a[1]).map(([tag]) => tag);
  return [...tags.slice(0, 40), ...common.filter((tag) => !found.has(tag))];
}
