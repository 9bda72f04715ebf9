/** What compiles kernels. A new one is a folder here, its lines in index.ts and params.ts, and its packages in the Dockerfile of the image that params.ts names. */
import type { Architecture } from '../../src/architecture.ts';

/** The programs by the names that the kernel's Makefile and its Kconfig files have for them (Documentation/kbuild/kbuild.rst). */
export interface ToolNames {
  CC: string;
  LD: string;
  NM: string;
  OBJCOPY: string;
  /** What the kernel's Makefile adds to calls of clang, for Kconfig files call it as well (scripts/Makefile.clang). */
  CLANG_FLAGS?: string;
}

export interface Toolchain {
  /** Variables on the command line of the kernel's `make`, such as `LLVM=1`, that make it take these programs. */
  makeVariables(arch: Architecture): string[];
  /** What Kconfig files read that are not read by `make`. `own`: those of this machine, whatever it compiles for. */
  tools(arch: Architecture | 'own'): ToolNames;
}
