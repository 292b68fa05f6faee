import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { cacheKeyConstant } from "./cache-key-constant.ts";
import { cacheKeyExactOnly } from "./cache-key-exact-only.ts";
import { cacheKeyNoGoVersion } from "./cache-key-no-go-version.ts";
import { cacheKeyNoModules } from "./cache-key-no-modules.ts";
import { cacheKeyNoPlatform } from "./cache-key-no-platform.ts";
import { cachePathOutsideProject } from "./cache-path-outside-project.ts";

export type Check = (checkup: Checkup) => readonly Sighting[];

/** Every check, in the order of the documentation. */
export const checks: readonly Check[] = [
  cacheKeyNoGoVersion,
  cacheKeyNoPlatform,
  cacheKeyNoModules,
  cacheKeyConstant,
  cacheKeyExactOnly,
  cachePathOutsideProject,
];
