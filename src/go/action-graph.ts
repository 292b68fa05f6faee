import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { GraphNode } from "../model/graph-node.ts";
import type { ShortId } from "../model/ids.ts";

export type ActionGraph =
  | { readonly nodes: readonly GraphNode[] }
  /** `missing`: go wrote none (loading failed, or it was killed early); `unreadable`: what is there is no graph. */
  | { readonly problem: "missing" | "unreadable"; readonly message: string };

/**
 * Reads the file of `-debug-actiongraph`. Go writes it twice, before and after execution: of a killed go all nodes are
 * there, but none has an ID or a time. Costs 10 ms for caddy's 2,000 nodes.
 */
export function readActionGraph(path: string): ActionGraph {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT"
      ? { problem: "missing", message: "go wrote no action graph" }
      : { problem: "unreadable", message: `the action graph can't be read: ${code}` };
  }
  if (text === "") return { problem: "missing", message: "go wrote no action graph" };
  try {
    return { nodes: parseActionGraph(text) };
  } catch (error) {
    return { problem: "unreadable", message: `the action graph can't be read: ${(error as Error).message}` };
  }
}

/**
 * What stands for a graph in which no process was started for any action: a digest of all IDs in their order, which is that of a
 * breadth-first walk and the same for the same packages (work/action.go actionGraphJSON, Go 1.21–1.27). It is taken from the text, in
 * a tenth of the time that reading the nodes takes.
 * @returns null where a process was started, or the file can't be read
 */
export function digestOfIdleGraph(path: string): string | null {
  let text: string;
  try {
    text = readFileSync(path, "latin1");
  } catch {
    return null;
  }
  const isWhole = /\]\s*$/.test(text.slice(-8));
  if (!isWhole || text.includes('"Cmd": [') || text.includes('"CmdReal"')) return null;
  // V8 finds words in a string twice as fast as Node does in a buffer (2 of 4 ms for caddy).
  const ids: string[] = [];
  for (const name of ['"ActionID": "', '"BuildID": "']) {
    for (let at = text.indexOf(name); at >= 0; ) {
      const end = text.indexOf('"', at + name.length) + 1;
      if (end === 0) return null;
      ids.push(text.slice(at, end));
      at = text.indexOf(name, end);
    }
  }
  return ids.length === 0 ? null : createHash("sha256").update(ids.join(""), "latin1").digest("base64url");
}

/** @throws SyntaxError or TypeError where the text is no action graph */
export function parseActionGraph(text: string): GraphNode[] {
  const nodes: unknown = JSON.parse(text);
  if (!Array.isArray(nodes)) throw new TypeError("not a list of nodes");
  const toMs = timeReader();
  return nodes.map((node: GoNode): GraphNode => {
    if (typeof node?.ID !== "number" || typeof node.Mode !== "string") throw new TypeError("not a node");
    return {
      id: node.ID,
      mode: node.Mode,
      package: node.Package ?? "",
      deps: node.Deps ?? none,
      objdir: node.Objdir ?? "",
      target: node.Target ?? "",
      built: node.Built ?? "",
      actionId: (node.ActionID as ShortId | undefined) ?? null,
      buildId: node.BuildID ?? null,
      timeStart: toMs(node.TimeStart),
      timeDone: toMs(node.TimeDone),
      commands: node.Cmd?.length ?? 0,
      commandNs: node.CmdReal ?? 0,
    };
  });
}

interface GoNode {
  ID: number;
  Mode: string;
  Package?: string;
  Deps?: number[];
  Objdir?: string;
  Target?: string;
  Built?: string;
  ActionID?: string;
  BuildID?: string;
  TimeStart?: string;
  TimeDone?: string;
  Cmd: string[] | null;
  CmdReal?: number;
}

const none: readonly number[] = [];

/**
 * RFC 3339 with nanoseconds → milliseconds since the epoch. Date.parse cuts the fraction off at milliseconds, and is
 * slow; nodes of one run share their minute and zone, so that it is asked once for each.
 */
function timeReader(): (text: string | undefined) => number | null {
  const minutes = new Map<string, number>();
  return (text) => {
    // Go's zero time: encoding/json knows no empty time, so `omitempty` leaves it in.
    if (text === undefined || text.startsWith("0001-")) return null;
    const zoneAt = text.endsWith("Z") ? text.length - 1 : text.length - 6;
    const key = text.slice(0, 16) + text.slice(zoneAt);
    let base = minutes.get(key);
    if (base === undefined) {
      base = Date.parse(`${text.slice(0, 16)}:00${text.slice(zoneAt)}`);
      minutes.set(key, base);
    }
    // `54.586965889` to whole microseconds, which a double holds exactly at today's dates.
    const ms = (base * 1000 + Math.round(Number(text.slice(17, Math.min(zoneAt, 26))) * 1e6)) / 1000;
    return Number.isNaN(ms) ? null : ms;
  };
}
