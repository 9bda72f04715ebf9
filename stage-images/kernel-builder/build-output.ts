/** Reads what the kernel's build prints: its steps, short as Kbuild has them, and messages go to the log; steps become progress, too. */
import type { ToolOptions } from '../contract/tool.ts';
import type { KernelTree } from './kernel-tree.ts';

/** Kbuild's short form of a command: `  CC [M]  fs/ext4/inode.o`. */
const quietCommand = /^ {2}([A-Z][A-Z0-9_]*)( \[M\])? +(\S.*)$/;
/** The steps that are counted, each one object; all others are too quick or too few. */
const counted = new Set(['CC', 'AS']);
const keptMessages = 200;

/**
 * Counts the objects that `make` with `targets` will make, by a dry run, which costs seconds; the tree must be prepared
 * (`make prepare`). A few are missing: those whose makefiles are made during the build.
 */
export async function countSteps(
  tree: KernelTree,
  targets: readonly string[],
  options: Pick<ToolOptions, 'env' | 'cancelSignal'>,
): Promise<number> {
  let steps = 0;
  const onLine = (line: string) => {
    if (/echo '? *(?:CC|AS)(?: \[M\])? /.test(line)) steps++;
  };
  // A dry run ends with an error (2) where it misses a file that the build would have made.
  await tree.make(['--dry-run', '--keep-going', ...targets], { ...options, onLine, okCodes: [0, 2] });
  return steps;
}

export class BuildOutput {
  /** The last lines that were no steps. */
  readonly messages: string[] = [];
  private expected = 0;
  private done = 0;
  private reported = -1;

  /** `step` hears the fraction of the objects that are done, at most every half percent, and the command at work. */
  constructor(private readonly sink: { log(line: string): void; step(fraction: number, note: string): void }) {}

  /** From now on, progress counts up to this many objects. */
  expect(steps: number): void {
    this.expected = steps;
    this.done = 0;
  }

  read(line: string): void {
    const [, command, module = '', object] = quietCommand.exec(line) ?? [];
    if (command === undefined || object === undefined) this.keep(line);
    else this.count(command, `${command}${module} ${object}`);
  }

  private keep(line: string): void {
    if (line.trim() === '') return;
    if (this.messages.push(line) > keptMessages) this.messages.shift();
    this.sink.log(line);
  }

  private count(command: string, note: string): void {
    // What prepares the build folder is neither counted nor worth a line.
    if (this.expected === 0) return;
    this.sink.log(note);
    if (counted.has(command)) this.done++;
    const fraction = Math.min(1, this.done / this.expected);
    const mark = Math.floor(fraction * 200);
    // When all objects are done, each step that follows (link, compress) is worth telling.
    if (mark === this.reported && fraction < 1) return;
    this.reported = mark;
    this.sink.step(fraction, note);
  }
}
