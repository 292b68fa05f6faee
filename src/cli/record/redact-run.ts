import { type Hide, hideInBlock, hideInFlagText, hideInText } from "../../log/hide-secrets.ts";
import type { Block, Flag, Run, Settings } from "../../model/run.ts";

export function hideBlock(block: Block, hide: Hide): { block: Block; hidden: number } {
  const { lines, hidden } = hideInBlock(block.name, block.lines, hide);
  return hidden === 0 ? { block, hidden } : { block: { ...block, lines, hidden: true }, hidden };
}

/** Go's words, with the values of `-X` and the secrets of URLs hidden. */
export function hideInCommand(
  words: readonly string[],
  hide: Hide,
): { words: readonly string[]; hidden: number } {
  let hidden = 0;
  let ldflags = false;
  const out = words.map((word) => {
    const inline = /^--?ldflags=/.exec(word)?.[0];
    const isText = ldflags || inline !== undefined;
    ldflags = /^--?ldflags$/.test(word);
    const text = inline === undefined ? word : word.slice(inline.length);
    const found = isText ? hideInFlagText(text, hide) : hideInText(text, hide);
    hidden += found.hidden;
    return found.hidden === 0 ? word : `${inline ?? ""}${found.value}`;
  });
  return { words: out, hidden };
}

/** Settings without `-X` values, URL userinfo and what may hold credentials. */
export function hideInSettings(settings: Settings, hide: Hide): { settings: Settings; hidden: number } {
  let hidden = 0;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings.env)) {
    // Neither enters a key, and both may hold credentials.
    if (name === "GOAUTH" || name === "GOGCCFLAGS") continue;
    const found = name === "GOFLAGS" ? hideInGoflags(value, hide) : hideInText(value, hide);
    hidden += found.hidden;
    env[name] = found.value;
  }
  const flags = settings.flags.map((flag): Flag => {
    const found = flag.name === "-ldflags" ? hideInFlagText(flag.value, hide) : hideInText(flag.value, hide);
    hidden += found.hidden;
    return found.hidden === 0 ? flag : { ...flag, value: found.value };
  });
  return { settings: { env, envOrigin: settings.envOrigin, flags }, hidden };
}

function hideInGoflags(text: string, hide: Hide): { value: string; hidden: number } {
  return /-X\b/.test(text) ? { value: hide(text), hidden: 1 } : hideInText(text, hide);
}

/** Variables as they were written may hold what `go env` would show too. */
export function hideInFacts<T extends Pick<Run, "rawEnvironment">>(facts: T, hide: Hide): T {
  if (facts.rawEnvironment === undefined) return facts;
  const rawEnvironment = Object.fromEntries(
    Object.entries(facts.rawEnvironment).map(([name, value]) => [name, hideInText(value, hide).value]),
  );
  return { ...facts, rawEnvironment };
}
