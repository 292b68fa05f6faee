import { execFileSync } from "node:child_process";
import { lutimesSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "../e2e/write-files.ts";

/** Packages of the module that have tests which pass, and whose results can be kept. */
export const keptPackages = [
  "chdir",
  "directories",
  "embedded",
  "environment",
  "errors",
  "files",
  "links",
  "lookpath",
  "plain",
  "repeated",
].map((name) => `example.com/tested/${name}`);

/** A package whose test writes into the module: its input is too new each time. */
export const writingPackage = "example.com/tested/writing";
/** A package whose test fails: its result is never kept. */
export const failingPackage = "example.com/tested/failing";

const testFile = (name: string, imports: readonly string[], body: string): string =>
  `package ${name}\n\nimport (\n${["testing", ...imports].map((path) => `\t"${path}"\n`).join("")})\n\n` +
  `func Test(t *testing.T) {\n${body}\n}\n`;

const files: Readonly<Record<string, string>> = {
  "go.mod": "module example.com/tested\n\ngo 1.21\n",
  "plain/plain.go": "package plain\n\nfunc Double(n int) int { return 2 * n }\n",
  "plain/plain_test.go":
    'package plain\n\nimport "testing"\n\nfunc TestDouble(t *testing.T) {\n\tif Double(2) != 4 {\n\t\tt.Fatal()\n\t}\n}\n\n' +
    'func TestOther(t *testing.T) {\n\tt.Log("other")\n}\n\nfunc BenchmarkDouble(b *testing.B) {\n\tfor i := 0; i < b.N; i++ {\n\t\tDouble(i)\n\t}\n}\n',
  "notests/notests.go": "package notests\n",
  "environment/environment_test.go": testFile(
    "environment",
    ["os"],
    // What go itself sets for its own process; what is unset, empty and not ASCII; a value of the test's own.
    `\tfor _, name := range []string{"GOROOT", "GOFLAGS", "GOCACHE", "GOVERSION", "GOOS", "GOAMD64", "CC", "CGO_ENABLED", "CGO_CFLAGS", "GOWORK",
\t\t"GOMOD", "GODEBUG", "GOTOOLCHAIN", "GOTMPDIR", "GIT_TERMINAL_PROMPT", "GCM_INTERACTIVE", "GIT_SSH_COMMAND", "TZ", "PWD", "HOME",
\t\t"TESTED_UNSET", "TESTED_EMPTY", "TESTED_TEXT", "TESTED_ünicode"} {
\t\tos.LookupEnv(name)
\t}
\tos.Setenv("TESTED_TEXT", "changed")
\tos.Getenv("TESTED_TEXT")
\tos.ExpandEnv("$TESTED_OTHER $1")
\tif _, err := os.Getwd(); err != nil {
\t\tt.Fatal(err)
\t}`,
  ),
  "files/testdata/a.txt": "a\n",
  "files/testdata/empty": "",
  "files/testdata/sub/b.txt": "b\n",
  "files/files_test.go": testFile(
    "files",
    ["os", "path/filepath", "time"],
    `\tfor _, name := range []string{"testdata/a.txt", "./testdata/../testdata/empty", "../files/testdata/sub/b.txt", "testdata/sub/", ".", "..",
\t\t"testdata/setuid", "testdata/sticky", "testdata/pipe", "testdata/socket", "/dev/null", "/dev/tty", "/etc/hosts"} {
\t\tos.Stat(name)
\t\tos.Lstat(name)
\t}
\tabsolute, err := filepath.Abs("testdata/sub")
\tif err != nil {
\t\tt.Fatal(err)
\t}
\tfor _, name := range []string{"testdata/a.txt", "testdata/empty", absolute + "/b.txt", absolute + "/../a.txt", absolute + "//b.txt", "/etc/hosts", "/dev/null",
\t\tfilepath.Join(os.TempDir(), "absent")} {
\t\tos.ReadFile(name)
\t}
\tos.ReadFile("../plain/plain.go")
\tos.ReadFile(filepath.Join(t.TempDir(), "x"))
\ttime.LoadLocation("Europe/Berlin")
\tfilepath.Glob("testdata/*.txt")
\tfilepath.WalkDir("../directories", func(string, os.DirEntry, error) error { return nil })`,
  ),
  "directories/directories_test.go": testFile(
    "directories",
    ["os"],
    `\tfor _, name := range []string{"testdata", "testdata/", "testdata/names", "../files", ".."} {
\t\tif _, err := os.ReadDir(name); err != nil {
\t\t\tt.Fatal(err)
\t\t}
\t}`,
  ),
  "links/testdata/target.txt": "target\n",
  "links/links_test.go": testFile(
    "links",
    ["os"],
    `\tfor _, name := range []string{"testdata/link", "testdata/broken", "testdata/loop", "testdata/directory", "testdata/directory/names",
\t\t"testdata/outward", os.Getenv("TESTED_DOOR") + "/links/testdata/target.txt"} {
\t\tos.Stat(name)
\t\tos.Lstat(name)
\t\tos.ReadFile(name)
\t\tos.ReadDir(name)
\t}`,
  ),
  "errors/testdata/file": "x",
  "errors/errors_test.go": testFile(
    "errors",
    ["os", "strings"],
    `\tfor _, name := range []string{"absent", "absent/below", "testdata/file/below", "testdata/file/", strings.Repeat("x", 300),
\t\t"with\\x00nul", "absent-\\xff", " blank ", "testdata/unreadable", "testdata/unreadable/below"} {
\t\tos.Stat(name)
\t\tos.Lstat(name)
\t\tos.ReadFile(name)
\t}
\tos.Chdir("absent")`,
  ),
  "chdir/testdata/here.txt": "here\n",
  "chdir/chdir_test.go": testFile(
    "chdir",
    ["os"],
    `\tstart, err := os.Getwd()
\tif err != nil {
\t\tt.Fatal(err)
\t}
\tfor _, name := range []string{"testdata", "../..", "files/testdata", "/", start} {
\t\tos.Chdir(name)
\t\tos.ReadFile("here.txt")
\t\tos.Stat("chdir/testdata/here.txt")
\t\tos.ReadDir(".")
\t}`,
  ),
  "chdir/since24_test.go": `//go:build go1.24\n\npackage chdir\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestOfTest(t *testing.T) {\n\tt.Chdir("testdata")\n\tt.Chdir("/")\n\tos.ReadFile("x")\n}\n`,
  "lookpath/lookpath_test.go": testFile(
    "lookpath",
    ["os/exec"],
    '\texec.LookPath("sh")\n\texec.Command("true").Run()',
  ),
  "embedded/text.txt": "embedded\n",
  "embedded/embedded.go": 'package embedded\n\nimport "embed"\n\n//go:embed text.txt\nvar Files embed.FS\n',
  "embedded/embedded_test.go": testFile(
    "embedded",
    [],
    '\tif _, err := Files.ReadFile("text.txt"); err != nil {\n\t\tt.Fatal(err)\n\t}',
  ),
  "repeated/testdata/a.txt": "a\n",
  "repeated/repeated_test.go": testFile(
    "repeated",
    ["os"],
    '\tfor i := 0; i < 300; i++ {\n\t\tos.ReadFile("testdata/a.txt")\n\t\tos.Getenv("TESTED_TEXT")\n\t\tos.Stat("testdata")\n\t}',
  ),
  // There from the start, so that the test changes no directory.
  "writing/written.txt": "x",
  "writing/writing_test.go": testFile(
    "writing",
    ["os"],
    '\tif err := os.WriteFile("written.txt", []byte("x"), 0o666); err != nil {\n\t\tt.Fatal(err)\n\t}',
  ),
  "failing/failing_test.go": testFile("failing", [], "\tt.Fatal()"),
};

/**
 * Writes a module whose tests read all that Go keeps account of, with files of an age at which results are kept.
 * @param door a path outside of the module, to become a link to it
 */
export function writeTestedModule(directory: string, door: string): void {
  writeFiles(directory, files);
  const at = (name: string): string => join(directory, name);
  symlinkSync("target.txt", at("links/testdata/link"));
  symlinkSync("absent", at("links/testdata/broken"));
  symlinkSync("loop", at("links/testdata/loop"));
  symlinkSync("../../directories/testdata", at("links/testdata/directory"));
  symlinkSync("/etc/hosts", at("links/testdata/outward"));
  symlinkSync(directory, door);
  mkdirSync(at("directories/testdata/names"), { recursive: true });
  for (let index = 0; index < 500; index++) writeFileSync(at(`directories/testdata/f${index}`), `${index}`);
  for (const name of ["é", "日本", "new\nline", " blank", "Z", "a", "_", "\u{1F600}", "\uFFFD"]) {
    writeFileSync(at(`directories/testdata/names/${name}`), name);
  }
  writeFileSync(Buffer.from(`${at("directories/testdata/names/")}byte-\xff`, "latin1"), "");
  const special = ["sticky", "pipe", "setuid"].map((name) => at(`files/testdata/${name}`));
  const script = 'mkdir "$1" && chmod 3777 "$1" && mkfifo "$2" && touch "$3" && chmod 4755 "$3"';
  execFileSync("sh", ["-c", script, "sh", ...special]);
  mkdirSync(at("errors/testdata/unreadable"), { mode: 0 });
  leaveSocket(at("files/testdata/socket"));
  setTimes(directory);
}

/** A socket stays where its server dies without closing it. */
function leaveSocket(path: string): void {
  const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  try {
    execFileSync(process.execPath, ["-e", script], { stdio: "ignore" });
  } catch {
    // It killed itself.
  }
}

/** Each file another moment of 2025, with and without a fraction, in winter and in summer. */
function setTimes(directory: string): void {
  let step = 0;
  const visit = (path: Buffer): void => {
    for (const entry of readdirSync(path, { withFileTypes: true, encoding: "buffer" })) {
      const below = Buffer.concat([path, Buffer.from("/"), entry.name]);
      if (entry.isDirectory()) visit(below);
      const seconds =
        Date.UTC(2025, step % 12, 1 + (step % 28)) / 1000 + (step % 3 === 0 ? 0 : (step * 0.123456) % 1);
      lutimesSync(below, seconds, seconds);
      step++;
    }
  };
  visit(Buffer.from(directory));
}
