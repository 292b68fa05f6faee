/** `go1.26.8`, `go1.27rc1`, `devel go1.24-…` → 26, 27, 24; what names no release is taken for newer than all. */
export function minorOf(goVersion: string | null): number {
  return Number(/go1\.(\d+)/.exec(goVersion ?? "")?.[1] ?? 99);
}

/** The variable that holds the level of an architecture, as `cfg.GetArchEnv` names it; null where it has none. */
export function levelVariable(goarch: string): string | null {
  return levelVariables.get(goarch) ?? null;
}

const levelVariables: ReadonlyMap<string, string> = new Map([
  ["386", "GO386"],
  ["amd64", "GOAMD64"],
  ["arm", "GOARM"],
  ["arm64", "GOARM64"],
  ["mips", "GOMIPS"],
  ["mipsle", "GOMIPS"],
  ["mips64", "GOMIPS64"],
  ["mips64le", "GOMIPS64"],
  ["ppc64", "GOPPC64"],
  ["ppc64le", "GOPPC64"],
  ["riscv64", "GORISCV64"],
  ["wasm", "GOWASM"],
]);
