/**
 * Does work that a person may cut short with Ctrl-C when the build itself is over.
 * @param onSignal is called once the work was aborted; it ends the process
 */
export async function untilSignal<T>(
  process: NodeJS.Process,
  onSignal: () => void,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
    onSignal();
  };
  for (const name of signals) process.once(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of signals) process.off(name, stop);
  }
}

const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
