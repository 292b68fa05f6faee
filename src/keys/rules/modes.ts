import type { Draft } from "../draft.ts";
import { isOn, type OutsideValues } from "../outside-values.ts";
import { isFlag, type KeyRule } from "../rule.ts";

/** -race, -msan, -asan: forced on the compiler and the linker, a build tag, a package that every program imports. */
export const sanitizers: KeyRule = {
  name: "sanitizers",
  fits: isFlag("-race", "-msan", "-asan"),
  apply(draft, site, { subject }) {
    writeModes(draft, site.before);
    draft.setInfo(subject, isOn(site.before.flag(subject)) ? "true" : null);
    const mode = site.before.flag("-covermode") ?? (isOn(site.before.flag("-race")) ? "atomic" : "set");
    if (draft.has("cover mode")) draft.set("cover mode", `cover "${mode}"`);
    return [draft];
  },
  choosesFiles: true,
};

/** -buildmode decides how every package is compiled, and what the linker makes. */
export const buildmode: KeyRule = {
  name: "buildmode",
  fits: isFlag("-buildmode"),
  apply(draft, site) {
    const { before } = site;
    const mode = before.flag("-buildmode") ?? "default";
    writeModes(draft, before);
    draft.setInfo("-buildmode", mode === "default" ? "exe" : mode);
    if (draft.kind === "link") {
      draft.set("buildmode", `buildmode ${mode}`);
      draft.set("link buildmode", ` ${effectiveMode(before)}\n`);
    }
    return [draft];
  },
  choosesFiles: true,
};

/** -linkshared: code that is linked to shared libraries, each of which is an input of its link. */
export const linkshared: KeyRule = {
  name: "linkshared",
  fits: isFlag("-linkshared"),
  apply(draft, site) {
    writeModes(draft, site.before);
    if (!isOn(site.before.flag("-linkshared"))) draft.setNamed("packageshlib", []);
    return [draft];
  },
  choosesFiles: true,
};

/** The lists that Go forces on compiler, assembler and linker (work/init.go, Go 1.21–1.27). */
export function writeModes(draft: Draft, values: OutsideValues): void {
  const instrument = ["-race", "-msan", "-asan"].filter((name) => isOn(values.flag(name)));
  const shared = isOn(values.flag("-linkshared"));
  draft.setWords("compile flags (mode)", [
    ...codegenFlag(values),
    ...instrument,
    ...(shared ? ["-linkshared"] : []),
  ]);
  draft.setWords("asm flags (mode)", assemblerModes(values));
  draft.setWords("link flags (mode)", [...instrument, ...(shared ? ["-linkshared", "-w"] : [])]);
}

export function assemblerModes(values: OutsideValues): readonly string[] {
  const shared = isOn(values.flag("-linkshared"));
  return [...codegenFlag(values), ...(shared ? ["-D=GOBUILDMODE_shared=1", "-linkshared"] : [])];
}

function codegenFlag(values: OutsideValues): readonly string[] {
  const mode = values.flag("-buildmode") ?? "default";
  const { goos } = values.context;
  if (isOn(values.flag("-linkshared"))) return ["-dynlink"];
  if (mode === "shared" || mode === "plugin") return ["-dynlink"];
  const shares =
    (mode === "pie" && goos !== "aix" && goos !== "windows") ||
    (mode === "default" && effectiveMode(values) === "pie" && goos !== "windows") ||
    (mode === "c-archive" && !["darwin", "ios", "windows", "aix"].includes(goos)) ||
    (mode === "c-shared" && ["linux", "android", "freebsd"].includes(goos));
  return shares ? ["-shared"] : [];
}

/** Which kind of program a flag's default stands for (internal/platform DefaultPIE). */
export function effectiveMode(values: OutsideValues): string {
  const mode = values.flag("-buildmode") ?? "default";
  if (mode !== "default") return mode;
  const { goos } = values.context;
  const isPie =
    goos === "android" ||
    goos === "ios" ||
    goos === "darwin" ||
    (goos === "windows" && !isOn(values.flag("-race")));
  return isPie ? "pie" : "exe";
}
