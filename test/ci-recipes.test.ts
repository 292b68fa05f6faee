import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DockerfileParser } from "dockerfile-ast";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderPrometheus } from "../src/report/renderers/prometheus.ts";
import { blocksOf, recipes, scriptsOf } from "./ci-recipes.ts";
import { runMain } from "./cli/run-main.ts";
import { temporaryDirectory } from "./go/temporary.ts";
import { buildReport } from "./report/build-report.ts";
import { situations } from "./report/situations.ts";

const root = join(import.meta.dirname, "..");
const temporary = temporaryDirectory();
const promtool = spawnSync("promtool", ["--version"]).status === 0;

describe("docs/ci", () => {
  test("has a page for each system, and links that lead somewhere", () => {
    expect([...recipes.keys()]).toEqual(
      expect.arrayContaining([
        "buildkite",
        "circleci",
        "docker",
        "github",
        "gitlab",
        "jenkins",
        "make",
        "prometheus",
      ]),
    );
    for (const [name, text] of recipes) {
      for (const [, link = ""] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        expect([name, link, existsSync(join(root, "docs/ci", link))]).toEqual([name, link, true]);
      }
    }
  });

  test.each([...recipes.keys()].map((name) => [name]))("%s: its YAML is YAML", (name) => {
    for (const text of blocksOf(name, "yaml")) expect(parse(text)).toBeTypeOf("object");
  });

  test("its Dockerfile is one", () => {
    const [text = ""] = blocksOf("docker", "dockerfile");
    const instructions = DockerfileParser.parse(text).getInstructions();
    expect(instructions.map((each) => each.getKeyword())).toEqual(
      "FROM RUN WORKDIR COPY RUN COPY RUN FROM COPY FROM COPY".split(" "),
    );
  });

  test("each command of the tool is one, and has the options that are written", async () => {
    const all = [...recipes.keys()].flatMap((name) => [
      ...scriptsOf(name),
      ...blocksOf(name, "dockerfile"),
      ...blocksOf(name, "make"),
      ...[...(recipes.get(name) ?? "").matchAll(/`(gocache-why [^`]*)`/g)].map(([, line = ""]) => line),
    ]);
    const lines = all
      .flatMap((text) => text.split("\n"))
      .flatMap((line) =>
        [...line.matchAll(/gocache-why((?: +[^\s;|&`]+)+)/g)].map(([, words = ""]) =>
          words.trim().split(/ +/),
        ),
      );
    expect(lines.length).toBeGreaterThan(20);
    for (const words of lines) {
      const own = words.slice(0, words.findIndex((word) => word === "go" || word === "--") >>> 0);
      const command = words.find((word) => known.includes(word) && own.includes(word));
      const { stdout } = await runMain(temporary, [...(command === undefined ? [] : [command]), "--help"]);
      for (const option of own.filter((word) => /^-\w|^--\w/.test(word)))
        expect([words.join(" "), option, new RegExp(`(^|[ ,])${option}\\b`, "m").test(stdout)]).toEqual([
          words.join(" "),
          option,
          true,
        ]);
    }
  });
});

const known = ["ci", "run", "check", "export", "import", "report", "diff"];

describe("action.yml", () => {
  const action = parse(readFileSync(join(root, "action.yml"), "utf8")) as {
    inputs: Record<string, { default: string; description: string }>;
    runs: { using: string; steps: { shell: string; run: string; env: Record<string, string> }[] };
  };
  const [step] = action.runs.steps;

  test("hands all inputs over by the environment, and puts none into the script", () => {
    expect(action.runs.using).toBe("composite");
    expect(step?.run).not.toContain("${{");
    const handed = Object.values(step?.env ?? {}).map(
      (text) => /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(text)?.[1],
    );
    expect([...handed, "working-directory"].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  test("runs the tool with the words that the inputs say, whatever is in them", () => {
    const bin = join(temporary, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "npx"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    chmodSync(join(bin, "npx"), 0o755);
    const run = (inputs: Readonly<Record<string, string>>) => {
      const env: Record<string, string> = { PATH: `${bin}:${process.env.PATH}` };
      for (const [name, { default: value }] of Object.entries(action.inputs))
        env[`INPUT_${name.toUpperCase()}`] = inputs[name] ?? value;
      const words = ["--noprofile", "--norc", "-eo", "pipefail", "-c", step?.run ?? ""];
      const { status, stdout, stderr } = spawnSync("bash", words, { env, encoding: "utf8" });
      expect([status, stderr]).toEqual([0, ""]);
      return stdout.trimEnd().split("\n");
    };
    expect(run({})).toEqual(["--yes", "gocache-why@latest", "ci"]);
    expect(
      run({
        reports: "a b.json\n\n$(id).json",
        baseline: "main.snapshot",
        output: "why.md",
        metrics: "m",
        version: "1.2",
      }),
    ).toEqual(
      [
        "--yes",
        "gocache-why@1.2",
        "ci",
        "--baseline",
        "main.snapshot",
        "--output",
        "why.md",
        "--metrics",
        "m",
      ].concat("a b.json", "$(id).json"),
    );
  });
});

describe("Prometheus and Grafana", () => {
  const [config = "", rules = ""] = blocksOf("prometheus", "yaml");
  const dashboard = JSON.parse(readFileSync(join(root, "docs/ci/grafana.json"), "utf8")) as {
    panels: { id: number; title: string; targets: { expr: string }[] }[];
  };
  const asked = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const page = recipes.get("prometheus") ?? "";

  test("the dashboard, the rules and the page speak of metrics that are there, and of all of them", () => {
    const written = new Set(
      renderPrometheus(buildReport(situations["edit-and-variable"] ?? {})).match(/^gocache_why_\w+/gm) ?? [],
    );
    const named = (text: string) => new Set(text.match(/gocache_why_\w+/g) ?? []);
    for (const name of named(`${asked.join(" ")} ${rules} ${page}`)) expect([...written]).toContain(name);
    for (const name of written) expect([...named(page)]).toContain(name);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  test.skipIf(!promtool)(
    "promtool takes the configuration, the rules and the queries (skipped where it is not installed)",
    () => {
      const queries = asked.map((expr, at) => ({
        record: `q:${at}`,
        expr: expr.replaceAll("$instance", "a|b"),
      }));
      writeFileSync(join(temporary, "prometheus.yml"), config);
      writeFileSync(join(temporary, "gocache-why.rules.yml"), rules);
      writeFileSync(
        join(temporary, "queries.yml"),
        JSON.stringify({ groups: [{ name: "queries", rules: queries }] }),
      );
      for (const words of [
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "gocache-why.rules.yml", "queries.yml"],
      ]) {
        const { status, stdout, stderr } = spawnSync("promtool", words, { cwd: temporary, encoding: "utf8" });
        expect([words.join(" "), status, status === 0 ? "" : stdout + stderr]).toEqual([
          words.join(" "),
          0,
          "",
        ]);
      }
    },
  );
});
