import { packageName } from "../../../wording/names.ts";
import { secondsText } from "../../../wording/numbers.ts";
import type { PageAction, PageData } from "../page-data.ts";

/** The page's data, and what several of its parts ask of it. */
export interface Page {
  readonly data: PageData;
  action(place: number): PageAction;
  /** `internal/io`, `link cmd/app`. */
  nameOf(action: PageAction): string;
  packageName(path: string): string;
  /** CSS colour of an action: of its first cause. */
  colourOf(action: PageAction): string;
  colour(name: string): string;
  /** Shows what is known of an action. */
  open(place: number): void;
}

export function createPage(data: PageData, open: (place: number) => void): Page {
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string): string => styles.getPropertyValue(`--${name}`).trim();
  const shortName = (path: string): string => packageName(path, data.module);
  return {
    data,
    action(place) {
      const found = data.actions[place];
      if (found === undefined) throw new Error(`no action ${place}`);
      return found;
    },
    nameOf(action) {
      const rest = action.key.slice(action.key.indexOf(" ") + 1);
      const [path = "", ...variant] = rest.split(" ");
      const name = [shortName(path), ...variant].join(" ");
      return action.kind === "build" ? name : `${action.kind} ${name}`;
    },
    packageName: shortName,
    colour,
    colourOf(action) {
      if (action.verdict === "hit") return colour("hit");
      const [group = -1] = action.groups;
      return colour(`c${data.groups[group]?.colour ?? 6}`);
    },
    open,
  };
}

/** `0.42 s`, for places where a tenth is too coarse. */
export function fineSeconds(seconds: number): string {
  return seconds < 9.95 ? `${seconds.toFixed(2)} s` : secondsText(seconds);
}
