/** Nothing of the machine's settings but where the programs are. Each sandbox adds HOME, TMPDIR, GOCACHE and XDG_STATE_HOME. */
export function plainEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    LANG: "C.UTF-8",
    GOFLAGS: "",
    GOENV: "off",
    GOTOOLCHAIN: "local",
    GOPROXY: "off",
    GOSUMDB: "off",
    GOWORK: "",
    CGO_ENABLED: "0",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
}
