import type { Checkup } from "../checkup.ts";
import type { PipelineRead } from "../pipeline.ts";
import { type ReadText, readWorkflow } from "./github.ts";
import { readGitlab } from "./gitlab.ts";

/** What was found in the checkout: names relative to its root, with slashes. */
export interface Tree {
  readonly files: readonly string[];
  readonly readText: ReadText;
}

/** Takes the files of a checkout apart. */
export function readCheckout(tree: Tree): Checkup {
  const reads = tree.files.flatMap((file): readonly PipelineRead[] => {
    const read = readerOf(file);
    const text = read === null ? null : tree.readText(file);
    return read === null || text === null ? [] : [read(file, text, tree.readText)];
  });
  return {
    jobs: reads.flatMap((read) => read.jobs),
    unread: reads.flatMap((read) => read.unread),
  };
}

function readerOf(file: string): ((file: string, text: string, readText: ReadText) => PipelineRead) | null {
  if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(file)) return readWorkflow;
  if (/^\.gitlab-ci\.ya?ml$/.test(file)) return readGitlab;
  return null;
}
