/** The kernel's own build system: one source tree, one build folder, one architecture. */
import { join } from 'node:path';
import type { Architecture } from '../../src/definition/architecture.ts';
import { readTool, runTool, type ToolOptions } from '../contract/tool.ts';

interface KernelTarget {
  /** What the kernel's Makefile calls the architecture, and the folder of it below arch/. */
  arch: string;
  sourceArch: string;
  /** The make target that builds the kernel image, and where it appears below the build folder. */
  imageTarget: string;
  image: string;
  /** The GNU triplet before the tools' names, used when the architecture is not the machine's own. */
  toolPrefix: string;
  /** What Node calls a machine of this architecture. */
  machine: NodeJS.Architecture;
}

const kernelTargets: Readonly<Record<Architecture, KernelTarget>> = {
  x86_64: {
    arch: 'x86_64',
    sourceArch: 'x86',
    imageTarget: 'bzImage',
    image: 'arch/x86/boot/bzImage',
    toolPrefix: 'x86_64-linux-gnu-',
    machine: 'x64',
  },
  aarch64: {
    arch: 'arm64',
    sourceArch: 'arm64',
    imageTarget: 'Image',
    image: 'arch/arm64/boot/Image',
    toolPrefix: 'aarch64-linux-gnu-',
    machine: 'arm64',
  },
};

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
  readonly target: KernelTarget;
  private readonly toolPrefix: string;

  constructor(readonly options: KernelTreeOptions) {
    this.target = kernelTargets[options.arch];
    this.toolPrefix = this.target.machine === process.arch ? '' : this.target.toolPrefix;
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
