/**
 * Writes one line of ours to stderr, without secrets: a message may hold what go, the system or the user's own words said.
 * What looks for them is loaded only here, since a run that goes well says nothing.
 */
export async function say(process: NodeJS.Process, message: string): Promise<void> {
  process.stderr.write(`gocache-why: ${await withoutSecrets(message)}\n`);
}

/** A text of ours as it may be shown: a message, a stack. */
export async function withoutSecrets(text: string): Promise<string> {
  const { hideInText } = await import("../log/hide-secrets.ts");
  return hideInText(text, () => "<hidden>").value;
}
