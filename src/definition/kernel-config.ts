/** `kernel.config`: what a kernel's configuration starts from, and what is laid over it. */
import * as z from 'zod';
import { boundedRecord, bounds } from './bounds.ts';
import { malformedLines, parseConfig } from './dot-config.ts';
import { ownBases } from './kernel-base.ts';
import { KernelSymbol } from './kernel-symbol.ts';
import { fileName, slug } from './names.ts';

export const OwnBase = z.enum(ownBases);

/** A value as in .config: y, m, n, a number, or the text of a string option. */
const KernelValue = z.union(
  [
    z
      .string()
      .max(2048)
      .regex(/^[^\n\r\0]*$/),
    z.int(),
  ],
  'must be y, m, n, a number, or the text of a string option in one line',
);

export const KernelOptions = boundedRecord(KernelSymbol, KernelValue, bounds.kernelOptions);
export type KernelOptions = z.infer<typeof KernelOptions>;

const KernelFragment = z
  .strictObject({
    name: fileName('debug.config').describe('A file name, by which messages tell of it.'),
    content: z
      .string()
      .max(1 << 20)
      .describe('Lines as in a .config: `CONFIG_A=y`, or `# CONFIG_B is not set`.')
      .meta({ input: 'file' }),
  })
  .superRefine(({ content }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['content'], message });
    const [line, ...others] = malformedLines(content);
    if (line !== undefined)
      refuse(
        `line ${line} is neither CONFIG_…=… nor a comment: ${JSON.stringify(content.split('\n')[line - 1]?.slice(0, 80))}${others.length > 0 ? `; more like it: ${others.length}` : ''}`,
      );
    const options = parseConfig(content);
    if (options.size > bounds.kernelOptions)
      refuse(`sets ${options.size} options, and may set ${bounds.kernelOptions}: take it as kernel.config.base`);
    const unnamed = [...options.keys()].find((symbol) => !KernelSymbol.safeParse(symbol).success);
    if (unnamed !== undefined) refuse(`has a name that no kernel option has: ${unnamed.slice(0, 120)}`);
  });

export const KernelConfig = z.strictObject({
  base: z
    .union(
      [OwnBase, slug, z.strictObject({ content: z.string().max(1 << 20) })],
      'must be tiny, defconfig, a configuration that the kernel source offers, or the text of a .config under content',
    )
    .default('tiny')
    .describe(
      "What the configuration starts from: `tiny` (only what the components need), `defconfig` (the kernel's own suggestion), the name of one that the kernel source offers, such as its distributor's, or the text of a .config under `content`.",
    ),
  fragments: z
    .array(KernelFragment)
    .max(bounds.fragments)
    .default([])
    .describe(
      'Pieces of a .config to lay over the base, in this order. Each option must hold in the end, as those of `options`, which come last.',
    ),
  options: KernelOptions.default({}).describe('Kernel options to enforce, such as CONFIG_WIREGUARD.'),
});
export type KernelConfig = z.infer<typeof KernelConfig>;

/** Whether the kernel source brings it, instead of making it itself or being given it. */
export function isOffered(base: KernelConfig['base']): base is string {
  return typeof base === 'string' && !OwnBase.safeParse(base).success;
}
