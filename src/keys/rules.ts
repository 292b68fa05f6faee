import type { KeyRule } from "./rule.ts";
import { archLevel } from "./rules/arch-level.ts";
import { compilerCommand, compilerVersion } from "./rules/c-compiler.ts";
import { cgoEnabled } from "./rules/cgo-enabled.ts";
import { cgoFlags } from "./rules/cgo-flags.ts";
import { coverage } from "./rules/coverage.ts";
import { directory, goroot, moduleCache } from "./rules/directory.ts";
import { experiment } from "./rules/experiment.ts";
import { extlink } from "./rules/extlink.ts";
import { fileAdded, fileEdited, fileRemoved, overlay } from "./rules/files.ts";
import { fuzz } from "./rules/fuzz.ts";
import { goLine } from "./rules/go-line.ts";
import { godebugDirective } from "./rules/godebug.ts";
import { magic } from "./rules/magic.ts";
import { buildmode, linkshared, sanitizers } from "./rules/modes.ts";
import { moduleGraph, moduleReplaced, moduleVersion } from "./rules/modules.ts";
import { profile } from "./rules/profile.ts";
import { tags } from "./rules/tags.ts";
import { target } from "./rules/target.ts";
import { compileFlags, linkFlags } from "./rules/tool-flags.ts";
import { toolProgram } from "./rules/tool-program.ts";
import { toolchain } from "./rules/toolchain.ts";
import { trimpath } from "./rules/trimpath.ts";
import { vcsStamp } from "./rules/vcs-stamp.ts";
import { vetFlags } from "./rules/vet-flags.ts";

/** One rule a kind of cause, in the order in which they are applied: worlds before parts. */
export const keyRules: readonly KeyRule[] = [
  toolchain,
  toolProgram,
  target,
  cgoEnabled,
  experiment,
  archLevel,
  sanitizers,
  buildmode,
  linkshared,
  trimpath,
  directory,
  moduleCache,
  goroot,
  moduleVersion,
  moduleReplaced,
  moduleGraph,
  goLine,
  godebugDirective,
  compilerCommand,
  compilerVersion,
  cgoFlags,
  tags,
  compileFlags,
  linkFlags,
  coverage,
  fuzz,
  profile,
  magic,
  extlink,
  vetFlags,
  vcsStamp,
  fileEdited,
  fileAdded,
  fileRemoved,
  overlay,
];
