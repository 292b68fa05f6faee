import { crc32, deflateRawSync, gzipSync } from "node:zlib";

/** How a system keeps or prints the log of a job: what it makes of the lines that go wrote to stderr. */
export interface CiShape {
  readonly name: string;
  /** Whose shape it is. Those with the number of an issue were looked up there; the others are written from knowledge of the system. */
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

/** A zip archive of deflated files, as GitHub gives the logs of a run. */
export function zip(files: Readonly<Record<string, Buffer>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
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
  `\xef\xbb\xbf${stamp(0, 7)} ##[group]Run go build -x -o bin/ ./...\n${stamp(0, 7)} ${esc}[36;1mgo build -x -o bin/ ./...${esc}[0m\n${stamp(0, 7)} ##[endgroup]\n`,
);

export const ciShapes: readonly CiShape[] = [
  { name: "GitHub Actions, raw log", seen: "actions/runner, a job's log as downloaded", wrap: github },
  {
    name: "GitHub Actions, gh run view --log",
    seen: "cli/cli#10740: job, step, time stamp and line between tabs",
    wrap: eachLine((line, at) => `build (ubuntu-latest)\tUNKNOWN STEP\t${stamp(at, 7)} ${line}`),
  },
  {
    name: "GitHub Actions, archive of a run",
    seen: "GitHub REST: GET /actions/runs/ID/logs",
    wrap: (lines) =>
      zip({
        "0_build.txt": github(lines),
        "build/1_Set up job.txt": text(["Runner Image: ubuntu-24.04"]),
        "build/2_Run go build.txt": github(lines),
      }),
  },
  {
    name: "GitLab with FF_TIMESTAMPS",
    seen: "gitlab-org/gitlab!153516: stream, O or E, and + where a line goes on",
    wrap: (lines) =>
      text(
        lines.flatMap((line, at) =>
          pieces(line, 400).flatMap((piece, part) => [
            `${stamp(at, 6)} 01E${part === 0 ? " " : "+"}${piece}`,
            ...(at % 50 === 0 ? [`${stamp(at, 6)} 01O ok so far`] : []),
          ]),
        ),
      ),
  },
  {
    name: "GitLab without time stamps",
    seen: "gitlab-org/gitlab-runner: sections, cleared lines, colours",
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
    seen: "CircleCI: output as it was, under a terminal",
    wrap: eachLine(
      (line) => `${line}${esc}[0m\r`,
      "#!/bin/bash -eo pipefail\r\ngo build -x -o bin/ ./...\r\n",
    ),
  },
  {
    name: "CircleCI, API",
    seen: "CircleCI API v1.1, output_url: messages of many lines",
    wrap: (lines) => {
      const messages = pieces(lines.map((line) => `${line}\r\n`).join(""), 5000);
      return Buffer.from(
        messages.map((message) => `${json({ message, type: "err" })},\n`).join(""),
        "latin1",
      );
    },
  },
  {
    name: "Jenkins with time stamps",
    seen: "jenkinsci/timestamper-plugin, jenkinsci/workflow-job-plugin: hidden notes, names of parallel branches",
    wrap: eachLine(
      (line, at) => `${esc}[8mha:////4Kx0bW9yZQ==${at}${esc}[0m[${stamp(at, 3)}] [linux] ${line}`,
      "[Pipeline] sh\n[2024-05-22T12:43:46.000Z] + go build -x -o bin/ ./...\n",
    ),
  },
  {
    name: "Azure Pipelines",
    seen: "microsoft/azure-pipelines-agent",
    wrap: eachLine(
      (line, at) => `${stamp(at, 7)} ${line}`,
      `\xef\xbb\xbf${stamp(0, 7)} ##[section]Starting: go build\n`,
    ),
  },
  {
    name: "Drone and Woodpecker, exec",
    seen: "drone/drone-runtime: [step:line] in front",
    wrap: eachLine((line, at) => `[build:${at}] ${line}`, "[build:0] + go build -x -o bin/ ./...\n"),
  },
  {
    name: "Travis",
    seen: "travis-ci/travis-build: folds and timers, cleared lines",
    wrap: eachLine(
      (line) => `${line}\r`,
      `travis_fold:start:build\r${esc}[0Ktravis_time:start:0a1b2c3d\r${esc}[0K$ go build -x -o bin/ ./...\r\n`,
    ),
  },
  {
    name: "TeamCity",
    seen: "JetBrains/teamcity-cpp#22: [time] :\\t\\t [block] line",
    wrap: eachLine((line, at) => `[${clock(at)}]${at % 7 === 0 ? "W" : " "}:\t\t [Step 1/2] ${line}`),
  },
  {
    name: "docker build --progress=plain",
    seen: "moby/buildkit, util/progress/progressui",
    wrap: eachLine(
      (line, at) => `#12 ${(at / 300).toFixed(3)} ${line}`,
      "#12 [build 4/4] RUN GODEBUG=gocachehash=1 go build -x -o bin/ ./...\n",
    ),
  },
  {
    name: "docker compose",
    seen: "docker/compose: service and number, a bar",
    wrap: eachLine((line) => `${esc}[36mbuilder-1  | ${esc}[0m${line}`),
  },
  {
    name: "docker logs --timestamps",
    seen: "docker/cli",
    wrap: eachLine((line, at) => `${stamp(at, 9)} ${line}`),
  },
  {
    name: "kubectl logs --timestamps --prefix",
    seen: "kubernetes/kubectl",
    wrap: eachLine((line, at) => `[pod/build-7x2p9/go] ${stamp(at, 9)} ${line}`),
  },
  {
    name: "files of a container runtime",
    seen: "kubernetes: /var/log/pods, CRI logging: P where a line goes on",
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
    name: "docker's json-file",
    seen: "moby/moby, daemon/logger/jsonfilelog",
    wrap: (lines) =>
      text(
        lines.flatMap((line, at) =>
          pieces(`${line}\n`, 16384).map((log) => json({ log, stream: "stderr", time: stamp(at, 9) })),
        ),
      ),
  },
  {
    name: "go test -json of a test that builds",
    seen: "cmd/internal/test2json: output in parts of at most 4 KB",
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
    seen: "gotestyourself/gotestsum: its own lines between those of go's stderr",
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
    seen: "moreutils ts, journalctl -o short",
    wrap: eachLine((line, at) => `May 22 ${clock(at)} ci-runner-3 runner[4711]: ${line}`),
  },
  { name: "gzip", seen: "an artifact", wrap: (lines) => gzipSync(github(lines)) },
  {
    name: "UTF-16 and CRLF",
    seen: "Windows PowerShell 5: go … 2> now.log, under cmd /u",
    wrap: (lines) => Buffer.from(`\ufeff${lines.map((line) => `${line}\r\n`).join("")}`, "utf16le"),
  },
];
