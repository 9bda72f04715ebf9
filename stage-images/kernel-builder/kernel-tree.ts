/** The kernel's own build system: one source tree, one build folder, one architecture. */
import { join } from 'node:path';
import { type Architecture, type KernelNames, kernelNames, ownArchitecture, triplets } from '../../src/architecture.ts';
import { readTool, runTool, type ToolOptions } from '../contract/tool.ts';

export interface KernelTreeOptions {
  arch: Architecture;
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
  /** Of the tools' names; none on a machine of the architecture itself. */
  private readonly toolPrefix: string;

  constructor(readonly options: KernelTreeOptions) {
    this.target = kernelNames[options.arch];
    this.toolPrefix = options.arch === ownArchitecture() ? '' : `${triplets[options.arch]}-`;
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
    const tools = { CC: 'gcc', LD: 'ld', NM: 'nm', OBJCOPY: 'objcopy' };
    const prefixed = Object.entries(tools).map(([variable, tool]) => [
      variable,
      (anyCompiler ? '' : this.toolPrefix) + tool,
    ]);
    return {
      srctree: this.options.source,
      ARCH: arch,
      SRCARCH: sourceArch,
      ...Object.fromEntries(prefixed),
      PAHOLE: 'pahole',
      RUSTC: 'rustc',
      BINDGEN: 'bindgen',
      TMPDIR: this.options.scratch,
    };
  }

  private arguments(args: readonly string[]): string[] {
    const { source, build } = this.options;
    const cross = this.toolPrefix === '' ? [] : [`CROSS_COMPILE=${this.toolPrefix}`];
    return ['--no-print-directory', '-C', source, `O=${build}`, `ARCH=${this.target.arch}`, ...cross, ...args];
  }

  private withScratch(options: ToolOptions): ToolOptions {
    return { ...options, env: { TMPDIR: this.options.scratch, HOME: this.options.scratch, ...options.env } };
  }
}
