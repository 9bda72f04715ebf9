/** The kernel's own build system: one source tree, one build folder, one architecture. */
import { join } from 'node:path';
import type { Toolchain } from '../../parts/toolchains/toolchain.ts';
import { type Architecture, type KernelNames, kernelNames } from '../../src/architecture.ts';
import { readTool, runTool, type ToolOptions } from '../contract/tool.ts';

export interface KernelTreeOptions {
  arch: Architecture;
  /** What compiles it. */
  toolchain: Toolchain;
  /** The unpacked source; it is never written to. */
  source: string;
  /** The build folder (O=); it must exist. */
  build: string;
  /** A folder for what tools need for a moment: /tmp allows no execution. */
  scratch: string;
}

export class KernelTree {
  /** What the kernel's Makefile calls the architecture and its image. */
  readonly target: KernelNames;

  constructor(readonly options: KernelTreeOptions) {
    this.target = kernelNames[options.arch];
  }

  /** The path of a file below the build folder. */
  built(path: string): string {
    return join(this.options.build, path);
  }

  /** Runs `make` on the given targets and variables. @throws ToolError */
  async make(args: readonly string[], options: ToolOptions = {}): Promise<void> {
    await runTool('make', this.arguments(args), this.withScratch(options));
  }

  /** Runs `make -s` and returns what it prints. @throws ToolError */
  async read(args: readonly string[]): Promise<string> {
    return readTool('make', this.arguments(['-s', ...args]), this.withScratch({}));
  }

  /**
   * The variables that the kernel's Kconfig files read when they are not read by `make`. With `anyCompiler` this machine's
   * own takes the place of one for the architecture: what depends on it may be other, but every symbol is there.
   */
  kconfigEnvironment({ anyCompiler = false } = {}): Record<string, string> {
    const { arch, sourceArch } = this.target;
    return {
      srctree: this.options.source,
      ARCH: arch,
      SRCARCH: sourceArch,
      ...this.options.toolchain.tools(anyCompiler ? 'own' : this.options.arch),
      PAHOLE: 'pahole',
      RUSTC: 'rustc',
      BINDGEN: 'bindgen',
      TMPDIR: this.options.scratch,
    };
  }

  private arguments(args: readonly string[]): string[] {
    const { source, build, arch, toolchain } = this.options;
    const names = [`O=${build}`, `ARCH=${this.target.arch}`, ...toolchain.makeVariables(arch)];
    return ['--no-print-directory', '-C', source, ...names, ...args];
  }

  private withScratch(options: ToolOptions): ToolOptions {
    return { ...options, env: { TMPDIR: this.options.scratch, HOME: this.options.scratch, ...options.env } };
  }
}
