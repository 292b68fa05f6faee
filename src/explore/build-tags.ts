import { type Disk, outsideValuesOf } from "../keys/outside-values.ts";
import { filesOnDisk } from "../keys/package-source.ts";
import { placeOfPackage } from "../keys/place-of-package.ts";
import type { Run } from "../model/run.ts";

/** Tags that are known to choose files of the standard library, and in which of its packages (Go 1.21–1.27). */
const common: Readonly<Record<string, RegExp>> = {
  netgo: /^net$/,
  osusergo: /^os\/user$/,
  "netgo,osusergo": /^(net|os\/user)$/,
  "osusergo,netgo": /^(net|os\/user)$/,
  timetzdata: /^time$/,
  purego: /^(crypto|hash|internal|math\/big|vendor\/golang\.org\/x\/crypto)(\/|$)/,
};

/** Tags that somebody may have built with. */
export interface BuildTags {
  /** As for `-tags`: several with commas. */
  readonly tags: string;
  /** Whether they may choose files of this package. */
  readonly isIn: (name: string) => boolean;
}

/** No choice of a user: they follow from the system, the compiler, or another flag. */
const given =
  /^(aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|wasip1|windows|zos|unix|386|amd64|arm|arm64|loong64|mips|mipsle|mips64|mips64le|ppc64|ppc64le|riscv64|s390x|wasm|cgo|gc|gccgo|race|msan|asan|ignore|go1\.\d+|goexperiment\..*|amd64\.v\d)$/;

/** Packages that are looked into for tags. */
const mostPackages = 400;

/** Tags that `//go:build` lines of the packages that ran ask for, the most frequent first, and those of the standard library. */
export function buildTagsOf(now: Run, disk: Disk): readonly BuildTags[] {
  const values = outsideValuesOf(now, disk);
  /** Tag → packages with a file that asks for it. */
  const found = new Map<string, Set<string>>();
  const ran = now.actions.filter(({ kind, outcome }) => kind === "build" && outcome === "ran");
  for (const action of ran.slice(0, mostPackages)) {
    const place = placeOfPackage(action.package, false, values);
    if (place === null || place.kind === "standard") continue;
    for (const file of filesOnDisk(place.directory, disk) ?? []) {
      const line = /^\/\/go:build[ \t]+(.*)$/m.exec(file.text ?? "")?.[1] ?? "";
      for (const [tag] of line.matchAll(/[\w.]+/g)) {
        if (!given.test(tag)) found.set(tag, (found.get(tag) ?? new Set()).add(action.package));
      }
    }
  }
  const names = [...found].sort((a, b) => b[1].size - a[1].size).map(([tag]) => tag);
  const tags = new Set([...names.slice(0, 40), ...Object.keys(common)]);
  return [...tags].map((each) => ({
    tags: each,
    isIn: (name) => found.get(each)?.has(name) === true || common[each]?.test(name) === true,
  }));
}
