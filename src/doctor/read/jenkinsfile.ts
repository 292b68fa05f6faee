import { readScript } from "../go-use.ts";
import type { Job, PipelineRead, Unread } from "../pipeline.ts";
import { sourceText } from "../source-text.ts";

/**
 * The shell scripts of a Jenkinsfile: the texts that `sh` is given. Groovy has no parser that fits here; its comments and its four
 * kinds of strings are told apart, and nothing else is looked at.
 */
export function readJenkinsfile(file: string, text: string): PipelineRead {
  const unread: Unread[] = [];
  const scripts = stringsOf(text).filter(({ before }) =>
    /(?:^|[^\w.])sh\s*(?:\(\s*)?(?:[\w\s:,'"]*\bscript\s*:\s*)?$/.test(before),
  );
  const read = scripts.map(({ value, line, isWhole }) => {
    const script = readScript(sourceText(file, value, line), new Map());
    if (script.problem !== null && isWhole)
      unread.push({ file, line: script.problem.line, reason: script.problem.message });
    return script;
  });
  if (read.length === 0) return { jobs: [], unread };
  const job: Job = {
    system: "jenkins",
    file,
    line: 1,
    name: "Jenkinsfile",
    platforms: null,
    goVersions: null,
    goVersionTexts: [],
    runsOnMain: true,
    variables: new Map(),
    caches: [],
    uses: read.flatMap((script) => script.uses),
    commands: read.flatMap((script) => script.commands),
    actions: [],
  };
  return { jobs: [job], unread };
}

interface GroovyString {
  readonly value: string;
  readonly line: number;
  /** The code in front of it, in the same statement. */
  readonly before: string;
  /** It holds nothing that Groovy fills in. */
  readonly isWhole: boolean;
}

function stringsOf(text: string): readonly GroovyString[] {
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;
  const found: GroovyString[] = [];
  let code = "";
  let end = 0;
  for (const match of text.matchAll(token)) {
    code += text.slice(end, match.index);
    end = match.index + match[0].length;
    if (match[0].startsWith("/")) continue;
    const size = /^(?:'''|""")/.test(match[0]) ? 3 : 1;
    const raw = match[0].slice(size, -size);
    const isFilled = match[0].startsWith('"');
    found.push({
      value: raw.replace(/\\(["'\\$])/g, "$1"),
      line: text.slice(0, match.index).split("\n").length,
      before: code.slice(code.lastIndexOf("\n") + 1),
      isWhole: !isFilled || !/\$/.test(raw),
    });
    code += "''";
  }
  return found;
}
