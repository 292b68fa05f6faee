import { crc32, deflateRawSync, gzipSync } from "node:zlib";

/** How a system keeps or prints the log of a job: what it makes of the lines that go wrote to stderr. */
export interface CiShape {
  readonly name: string;
  /**
   * Where lines of that shape were seen: `owner/name#number` is an issue or pull request where somebody pasted them, or that brought
   * the format; a path is the code that writes or reads them. "Not found": no public line of it turned up, and it is written from
   * knowledge of the system.
   */
  readonly seen: string;
  /** @param lines of a real log of go, without line ends */
  readonly wrap: (lines: readonly string[]) => Buffer;
}

const esc = "\x1b";

/** RFC 3339 with any number of digits behind the seconds: a line every three milliseconds. */
function stamp(at: number, digits: number): string {
  const date = new Date(Date.UTC(2024, 4, 22, 12, 43, 46) + at * 3);
  const fraction = `${String(date.getUTCMilliseconds()).padStart(3, "0")}962646175`.slice(0, digits);
  return `${date.toISOString().slice(0, 19)}.${fraction}Z`;
}

const clock = (at: number): string => stamp(at, 3).slice(11, 19);

const eachLine =
  (wrap: (line: string, at: number) => string, head = "", end = "\n") =>
  (lines: readonly string[]): Buffer =>
    Buffer.from(head + lines.map((line, at) => wrap(line, at) + end).join(""), "latin1");

/** A line in pieces of so many characters, as systems with a limit part it. */
function pieces(line: string, size: number): string[] {
  const found: string[] = [];
  for (let at = 0; at < Math.max(1, line.length); at += size) found.push(line.slice(at, at + size));
  return found;
}

const text = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `${line}\n`).join(""), "latin1");

/** Byte strings hold UTF-8, JSON text. */
const json = (value: Record<string, string>): string => {
  const decoded = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, Buffer.from(each, "latin1").toString()]),
  );
  return Buffer.from(JSON.stringify(decoded)).toString("latin1");
};

/** A zip archive of deflated files and of folders, as GitHub gives the logs of a run. */
export function zip(files: Readonly<Record<string, Buffer>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    // What is empty or has a few bytes is not deflated.
    const isStored = content.length < 100;
    const packed = isStored ? content : deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(isStored ? 0 : 8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), common, entry, Buffer.from(name)]));
    bodies.push(local);
    at += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...bodies, list, Buffer.from("PK\x05\x06"), end]);
}

const github = eachLine(
  (line, at) => `${stamp(at, 7)} ${line}`,
  [
    "##[group]Run go build -x -o bin/ ./...",
    `${esc}[36;1mgo build -x -o bin/ ./...${esc}[0m`,
    "shell: /usr/bin/bash -e {0}",
    "env:",
    "  GODEBUG: gocachehash=1",
    "##[endgroup]",
  ]
    .map((line, at) => `${at === 0 ? "\xef\xbb\xbf" : ""}${stamp(0, 7)} ${line}\n`)
    .join(""),
);

export const ciShapes: readonly CiShape[] = [
  {
    name: "GitHub Actions, raw log",
    seen: "actions/setup-go#109: ##[group]Run go build, the step's environment; the byte order mark: not found",
    wrap: github,
  },
  {
    name: "GitHub Actions, gh run view --log",
    seen: "cli/cli#10740: job, step, time stamp and line between tabs",
    wrap: eachLine((line, at) => `build (ubuntu-latest)\tUNKNOWN STEP\t${stamp(at, 7)} ${line}`),
  },
  {
    name: "GitHub Actions, gh run view --log, with names of steps",
    seen: "cli/cli#10740",
    wrap: eachLine((line, at) => `build (ubuntu-latest)\tRun go build\t${stamp(at, 7)} ${line}`),
  },
  {
    name: "GitHub Actions, archive of a run",
    seen: "cli/cli#11172: a listing of one: folders have entries, small files are stored; cli/cli#10740: the whole log at the top",
    wrap: (lines) =>
      zip({
        "build/": Buffer.alloc(0),
        "0_build.txt": github(lines),
        "build/1_Set up job.txt": text(["Runner Image: ubuntu-24.04"]),
        "build/2_Run go build.txt": github(lines),
        "build/3_Complete job.txt": text(["Cleaning up orphan processes"]),
      }),
  },
  {
    name: "GitLab with FF_TIMESTAMPS",
    seen: "gitlab-org/gitlab!153516: stream, O or E, and + where a line goes on; raw traces of runner 18 and 19 in tests of their readers: sections",
    wrap: (lines) =>
      text([
        `${stamp(0, 6)} 00O ${esc}[0KRunning with gitlab-runner 17.0.0 (44feccdf)${esc}[0;m`,
        `${stamp(0, 6)} 00O section_start:1716381826:step_script\r${esc}[0K`,
        `${stamp(0, 6)} 00O+${esc}[0K${esc}[36;1mExecuting "step_script" stage of the job script${esc}[0;m${esc}[0;m`,
        `${stamp(0, 6)} 01O ${esc}[32;1m$ go build -x -o bin/ ./...${esc}[0;m`,
        ...lines.flatMap((line, at) =>
          pieces(line, 400).flatMap((piece, part) => [
            `${stamp(at, 6)} 01E${part === 0 ? " " : "+"}${piece}`,
            ...(at % 50 === 0 ? [`${stamp(at, 6)} 01O ok so far`] : []),
          ]),
        ),
        `${stamp(lines.length, 6)} 00O section_end:1716381830:step_script\r${esc}[0K`,
      ]),
  },
  {
    name: "GitLab without time stamps",
    seen: "fsprojects/FAKE#2477: section_start:TIME:NAME, CR, a cleared line; colours: the raw traces above",
    wrap: eachLine(
      (line) => `${esc}[0K${line}${esc}[0;m`,
      `section_start:1716381826:step_script\r${esc}[0K${esc}[0K${esc}[36;1mExecuting "step_script" stage${esc}[0;m\n${esc}[32;1m$ go build -x -o bin/ ./...${esc}[0;m\n`,
    ),
  },
  {
    name: "Buildkite",
    seen: "buildkite/terminal-to-html#101: time stamps as APC strings, ended by BEL or ESC \\",
    wrap: eachLine(
      (line, at) => `${esc}_bk;t=${1716381826000 + at}${at % 2 === 0 ? "\x07" : `${esc}\\`}${line}\r`,
      "~~~ Running commands\n--- build\n",
    ),
  },
  {
    name: "CircleCI, file of a step's output",
    seen: "con/tinuous, src/tinuous/circleci.py: …/output/STEP/INDEX?file=true gives it as a file; colours and CR of its terminal: not found",
    wrap: eachLine(
      (line) => `${line}${esc}[0m\r`,
      "#!/bin/bash -eo pipefail\r\ngo build -x -o bin/ ./...\r\n",
    ),
  },
  {
    name: "CircleCI, API",
    seen: "CircleCI-Archived/api-preview-docs#80: output_url of API v1.1; what it gives (an array on one line): not found",
    wrap: (lines) => {
      const messages = pieces(lines.map((line) => `${line}\r\n`).join(""), 5000);
      const objects = messages.map((message) => json({ message, time: stamp(0, 3), type: "err" }));
      return Buffer.from(`[${objects.join(",")}]`, "latin1");
    },
  },
  {
    name: "CircleCI, API, an object a line",
    seen: "the same, printed anew",
    wrap: (lines) => {
      const messages = pieces(lines.map((line) => `${line}\r\n`).join(""), 5000);
      return text(messages.map((message) => `${json({ message, type: "err" })},`));
    },
  },
  {
    name: "Jenkins with time stamps",
    seen: "jenkinsci/timestamper-plugin#25: the stamp; jenkinsci/jenkins#3940: a hidden note; jenkinsci/pipeline-plugin#80: names of branches",
    wrap: eachLine(
      (line, at) => `${esc}[8mha:////4Kx0bW9yZQ==${at}${esc}[0m[${stamp(at, 3)}] [linux] ${line}`,
      "[Pipeline] sh\n[2024-05-22T12:43:46.000Z] + go build -x -o bin/ ./...\n",
    ),
  },
  {
    name: "Jenkins with times since the start",
    seen: "eclipse-openj9/openj9#3927: 00:04:25.492, and [Pipeline] without any",
    wrap: eachLine(
      (line, at) => `00:00:${stamp(at, 3).slice(17, 23)} ${line}${at % 90 === 0 ? "\n[Pipeline] echo" : ""}`,
      "[Pipeline] { (Branch: linux)\n[Pipeline] sh\n",
    ),
  },
  {
    name: "Azure Pipelines",
    seen: "microsoft/azure-pipelines-tasks#8661, git-lfs/git-lfs#4901; the byte order mark: not found",
    wrap: eachLine(
      (line, at) => `${stamp(at, 7)} ${line}`,
      `\xef\xbb\xbf${stamp(0, 7)} ##[section]Starting: go build\n${stamp(0, 7)} ##[command]/bin/bash --noprofile --norc build.sh\n`,
    ),
  },
  {
    name: "Drone, exec",
    seen: "harness/drone-cli#51: step, line and seconds",
    wrap: eachLine(
      (line, at) => `[build:L${at + 1}:${Math.floor(at / 300)}s] ${line}`,
      "[build:L0:0s] + go build -x -o bin/ ./...\n",
    ),
  },
  {
    name: "Drone, exec of newer versions, and Woodpecker",
    seen: "not found",
    wrap: eachLine((line, at) => `[build:${at}] ${line}`, "[build:0] + go build -x -o bin/ ./...\n"),
  },
  {
    name: "Travis",
    seen: "hpi-swa/smalltalkCI#450, github/haikus-for-codespaces#163, logs kept in repositories: marks without a line of their own",
    wrap: eachLine(
      (line, at) =>
        at % 40 === 0
          ? `travis_fold:start:build.${at}\r${esc}[0Ktravis_time:start:0a1b2c3d\r${esc}[0K${line}\r\ntravis_time:end:0a1b2c3d:start=1581164117454952162,finish=1581164253917403804,duration=136462451642,event=script\r${esc}[0Ktravis_fold:end:build.${at}\r${esc}[0K\r`
          : `${line}\r`,
      `travis_fold:start:build\r${esc}[0Ktravis_time:start:0a1b2c3d\r${esc}[0K$ go build -x -o bin/ ./...\r\n`,
    ),
  },
  {
    name: "TeamCity",
    seen: "JetBrains/teamcity-cpp#22: [time] :\\t\\t [block] line",
    wrap: eachLine((line, at) => `[${clock(at)}]${at % 7 === 0 ? "W" : " "}:\t\t [Step 1/2] ${line}`),
  },
  {
    name: "TeamCity, without blocks",
    seen: "PaddlePaddle/Paddle#3324: [time] and a tab",
    wrap: eachLine((line, at) => `[${clock(at)}]\t${line}`),
  },
  {
    name: "docker build --progress=plain",
    seen: "docker/buildx#299, and moby/buildkit, util/progress/progressui: other steps come between",
    wrap: eachLine(
      (line, at) =>
        `#12 ${(at / 300).toFixed(3)} ${line}${at % 60 === 0 ? "\n#12 ...\n\n#10 [tools 2/2] RUN apk add git\n#10 9.817 OK: 12 MiB\n#10 ...\n\n#12 [build 4/4] RUN GODEBUG=gocachehash=1 go build -x -o bin/ ./..." : ""}`,
      "#12 [build 4/4] RUN GODEBUG=gocachehash=1 go build -x -o bin/ ./...\n",
    ),
  },
  {
    name: "docker compose",
    seen: "docker/compose#3235: service and number, a bar; docker/compose#4795: colours stay in a file",
    wrap: eachLine((line) => `${esc}[36mbuilder-1  | ${esc}[0m${line}`),
  },
  {
    name: "podman-compose",
    seen: "containers/podman-compose#1464",
    wrap: eachLine((line) => `${esc}[1;32m[builder] |${esc}[0m ${line}`),
  },
  {
    name: "Tekton, tkn logs",
    seen: "tektoncd/pipeline#6046: [task : step]",
    wrap: eachLine((line) => `[build : go-build] ${line}`),
  },
  {
    name: "act",
    seen: "nektos/act#1193: [workflow/job]; nektos/act#2736: output behind a bar",
    wrap: eachLine(
      (line) => `[ci.yml/build]   | ${line}`,
      "[ci.yml/build] \xe2\xad\x90 Run Main go build -x -o bin/ ./...\n",
    ),
  },
  {
    name: "act --json",
    seen: "openci-org/openci#2501: its own messages; records with raw_output in tests of their readers",
    wrap: (lines) =>
      text(
        lines.flatMap((line, at) => {
          const record = { level: "info", job: "ci.yml/build", jobID: "build", time: stamp(at, 0) };
          const own = json({ ...record, msg: "Run Main go build" });
          return [...(at % 30 === 0 ? [own] : []), json({ ...record, msg: `${line}\n`, stage: "Main" })];
        }),
      ),
  },
  {
    name: "docker logs --timestamps",
    seen: "openSUSE/supportutils#196",
    wrap: eachLine((line, at) => `${stamp(at, 9)} ${line}`),
  },
  {
    name: "kubectl logs --timestamps --prefix",
    seen: "geerlingguy/ansible-for-kubernetes#75: [pod/NAME/CONTAINER]; both options at once: not found",
    wrap: eachLine((line, at) => `[pod/build-7x2p9/go] ${stamp(at, 9)} ${line}`),
  },
  {
    name: "files of a container runtime",
    seen: "kubernetes/kubernetes#55922: P where a line goes on",
    wrap: (lines) =>
      text(
        lines.flatMap((line, at) => {
          const parts = pieces(line, 500);
          return parts.map(
            (piece, part) => `${stamp(at, 9)} stderr ${part === parts.length - 1 ? "F" : "P"} ${piece}`,
          );
        }),
      ),
  },
  {
    name: "files of CRI-O",
    seen: "cri-o/cri-o#3181: an offset in the place of Z",
    wrap: eachLine((line, at) => `${stamp(at, 9).slice(0, -1)}+00:00 stderr F ${line}`),
  },
  {
    name: "docker's json-file",
    seen: "docker/for-linux#1321: parts of 16 KB, the last one alone ends in a line end",
    wrap: (lines) =>
      text(
        lines.flatMap((line, at) =>
          pieces(`${line}\n`, 16384).map((log) => json({ log, stream: "stderr", time: stamp(at, 9) })),
        ),
      ),
  },
  {
    name: "go test -json of a test that builds",
    seen: "Go's cmd/internal/test2json: output in parts of at most 4 KB",
    wrap: (lines) =>
      text(
        lines.flatMap((line, at) =>
          pieces(`${line}\n`, 4096).map((output) =>
            json({
              Time: stamp(at, 6),
              Action: "output",
              Package: "example.com/tool",
              Test: "TestBuild",
              Output: output,
            }),
          ),
        ),
      ),
  },
  {
    name: "gotestsum around it",
    seen: "not found: gotestsum's own lines between those of go's stderr",
    wrap: (lines) =>
      text(
        [
          ...lines.flatMap((line, at) =>
            at % 200 === 0 ? [`${esc}[32m✓${esc}[0m  price (cached)`, line] : line,
          ),
          "",
          "DONE 41 tests in 2.107s",
        ].map((line) => Buffer.from(line, line.includes("✓") ? "utf8" : "latin1").toString("latin1")),
      ),
  },
  {
    name: "ts of moreutils, on a host's journal",
    seen: "buildkite/feedback#330 tells to pipe through ts; lines of it and of journalctl -o short: not found",
    wrap: eachLine((line, at) => `May 22 ${clock(at)} ci-runner-3 runner[4711]: ${line}`),
  },
  {
    name: "gzip",
    seen: "theopenlab/openlab-zuul-jobs#29: Zuul's job-output.txt.gz",
    wrap: (lines) => gzipSync(github(lines)),
  },
  {
    name: "UTF-16 and CRLF",
    seen: "Windows PowerShell 5: go … 2> now.log, under cmd /u",
    wrap: (lines) => Buffer.from(`\ufeff${lines.map((line) => `${line}\r\n`).join("")}`, "utf16le"),
  },
];
