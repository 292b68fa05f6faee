import type { Report } from "../../../src/report/report.ts";
import { buildReport } from "../build-report.ts";

export interface GithubCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/**
 * The commands that GitHub's runner takes from a log, by its rules (ActionCommand.cs): `::name a=b,c=d::message` where a line, blanks
 * left out, begins with it; and the older `##[name a=b]message` anywhere in a line.
 */
export function githubCommands(log: string): GithubCommand[] {
  return log.split(/\r\n|\r|\n/).flatMap((line) => {
    const newer = /^\s*::([^: ]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/s.exec(line);
    const older = /##\[([^\] ]+)(?: ([^\]]*))?\](.*)$/s.exec(line);
    const [, name, properties, message = ""] = newer ?? older ?? [];
    if (name === undefined) return [];
    const pairs = (properties ?? "").split(",").filter((pair) => pair !== "");
    return [
      {
        name,
        properties: Object.fromEntries(
          pairs.map((pair) => [
            pair.slice(0, pair.indexOf("=")),
            unescaped(pair.slice(pair.indexOf("=") + 1)),
          ]),
        ),
        message: unescaped(message),
      },
    ];
  });
}

export function unescaped(text: string): string {
  return text
    .replace(/%0D/g, "\r")
    .replace(/%0A/g, "\n")
    .replace(/%3A/g, ":")
    .replace(/%2C/g, ",")
    .replace(/%25/g, "%");
}

/** A report of so many causes, each with an action of its own, inputs and an edit; and 30 hits. */
export function bigReport(count: number): Report {
  const numbers = Array.from({ length: count }, (_, at) => at);
  return buildReport({
    causes: numbers.map((at) =>
      at % 2 === 0
        ? {
            code: "file-edited" as const,
            subject: `dir${at}/file${at}.go`,
            changes: [
              {
                input: `file file${at}.go`,
                before: "a".repeat(20),
                now: "b".repeat(20),
                diff: `--- a/dir${at}/file${at}.go\n+++ b/dir${at}/file${at}.go\n@@ -1,2 +1,3 @@\n package p\n+var X${at} = 1\n`,
              },
            ],
          }
        : {
            code: "env-changed" as const,
            subject: `GOVAR${at}`,
            before: "a",
            now: `b${at}`,
            origin: "environment" as const,
          },
    ),
    actions: numbers.map((at) => ({
      key: `build example.com/m/p${at}`,
      causes: [at],
      seconds: (count - at) / 1000,
    })),
    hits: { build: 30 },
  });
}
