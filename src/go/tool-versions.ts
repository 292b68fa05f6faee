import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { contentIdOf } from "../model/ids.ts";
import type { ToolFacts } from "../model/run.ts";
import { splitQuotedWords } from "../util/go-quote.ts";

const tools = ["asm", "cgo", "compile", "cover", "link", "preprofile", "vet"];

/**
 * What each tool says of itself under -V=full through the program of -toolexec, and the program of -vettool in vet's place:
 * asked as Go asks in every build that uses them (work/buildid.go toolID, Go 1.22–1.27). What fails is left out.
 * @param flag value of a flag of the go command; null where it is not given
 * @param directory where go ran: paths in the flags are relative to it
 */
export async function readToolVersions(
  flag: (name: string) => string | null,
  toolDirectory: string,
  env: Readonly<Record<string, string>>,
  directory: string,
): Promise<ToolFacts> {
  const wrapper = splitQuotedWords(flag("-toolexec") ?? "") ?? [];
  const vetTool = flag("-vettool");
  const found: Record<string, string> = {};
  const ask = async (name: string): Promise<void> => {
    const own = name === "vet" && vetTool !== null ? resolve(directory, vetTool) : join(toolDirectory, name);
    if (!existsSync(own)) return;
    const [program = own, ...args] = [...wrapper, own, "-V=full"];
    const line = await new Promise<string | null>((done) => {
      execFile(
        program,
        args,
        { cwd: directory, env, encoding: "latin1", windowsHide: true, timeout: 5_000 },
        (error, stdout) => done(error === null ? stdout.trim() : null),
      );
    });
    const id = line === null ? null : toolIdFrom(line);
    if (id !== null) found[name] = id;
  };
  await Promise.all(tools.map(ask));
  return found;
}

/** The whole line of a release; of a development build the content ID behind `buildID=`. */
export function toolIdFrom(line: string): string | null {
  const fields = line.split(/\s+/);
  if (fields.length < 3 || fields[1] !== "version") return null;
  if (!(fields[2] ?? "").includes("devel")) return line;
  const buildId = /^buildID=(.*)$/.exec(fields.at(-1) ?? "")?.[1];
  return contentIdOf(buildId ?? null);
}
