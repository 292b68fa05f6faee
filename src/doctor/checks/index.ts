import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { buildCacheNotSaved } from "./build-cache-not-saved.ts";
import { buildMainsWithoutOutput } from "./build-mains-without-output.ts";
import { cacheKeyConstant } from "./cache-key-constant.ts";
import { cacheKeyExactOnly } from "./cache-key-exact-only.ts";
import { cacheKeyNoGoVersion } from "./cache-key-no-go-version.ts";
import { cacheKeyNoModules } from "./cache-key-no-modules.ts";
import { cacheKeyNoPlatform } from "./cache-key-no-platform.ts";
import { cachePathOutsideProject } from "./cache-path-outside-project.ts";
import { cgoHeaderOutsidePackage } from "./cgo-header-outside-package.ts";
import { dockerBuildvcsWithoutGit } from "./docker-buildvcs-without-git.ts";
import { dockerCopyBeforeDownload } from "./docker-copy-before-download.ts";
import { dockerGocacheElsewhere } from "./docker-gocache-elsewhere.ts";
import { dockerMountNotSaved } from "./docker-mount-not-saved.ts";
import { goBuildForced } from "./go-build-forced.ts";
import { goCleanCache } from "./go-clean-cache.ts";
import { ldflagsTime } from "./ldflags-time.ts";
import { sameTargetTwoFlagSets } from "./same-target-two-flag-sets.ts";
import { setupGoCacheFrozen } from "./setup-go-cache-frozen.ts";
import { sharedCaches } from "./shared-caches.ts";
import { testCountOne } from "./test-count-one.ts";
import { testReadsGit, testWalksModule, testWritesModule } from "./test-sources.ts";

export type Check = (checkup: Checkup) => readonly Sighting[];

/** Every check, in the order of the documentation. */
export const checks: readonly Check[] = [
  cacheKeyNoGoVersion,
  cacheKeyNoPlatform,
  cacheKeyNoModules,
  cacheKeyConstant,
  cacheKeyExactOnly,
  cachePathOutsideProject,
  buildCacheNotSaved,
  sharedCaches,
  setupGoCacheFrozen,
  dockerCopyBeforeDownload,
  dockerGocacheElsewhere,
  dockerMountNotSaved,
  dockerBuildvcsWithoutGit,
  goBuildForced,
  testCountOne,
  goCleanCache,
  ldflagsTime,
  buildMainsWithoutOutput,
  sameTargetTwoFlagSets,
  testWritesModule,
  testReadsGit,
  testWalksModule,
  cgoHeaderOutsidePackage,
];
