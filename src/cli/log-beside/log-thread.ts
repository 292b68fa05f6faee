import { parentPort, workerData } from "node:worker_threads";
import { flattenLogs } from "../../log/flat-log.ts";
import { readLogFile } from "../read-log-file.ts";
import type { ThreadMessage } from "./read-log-beside.ts";

// The thread that reads one log of two. Its one argument is the absolute path.
const tell = (message: ThreadMessage): void => parentPort?.postMessage(message);
let told = 0;
const found = await readLogFile(String(workerData), (bytes) => {
  if (bytes - told < 1 << 20) return;
  told = bytes;
  tell({ bytes });
});
tell("error" in found ? found : { flat: flattenLogs(found.commands) });
