/** GCC and GNU binutils, under the names that Debian gives those for other architectures. */
import { type Architecture, ownArchitecture, triplets } from '../../../src/architecture.ts';
import { definePart } from '../../part.ts';
import type { Toolchain } from '../toolchain.ts';
import { GccParams } from './params.ts';

export const gcc = definePart(
  GccParams,
  (): Toolchain => ({
    makeVariables(arch) {
      const prefix = prefixFor(arch);
      return prefix === '' ? [] : [`CROSS_COMPILE=${prefix}`];
    },
    tools(arch) {
      const prefix = arch === 'own' ? '' : prefixFor(arch);
      return { CC: `${prefix}gcc`, LD: `${prefix}ld`, NM: `${prefix}nm`, OBJCOPY: `${prefix}objcopy` };
    },
  }),
);

/** Of the tools' names; none on a machine of the architecture itself. */
function prefixFor(arch: Architecture): string {
  return arch === ownArchitecture() ? '' : `${triplets[arch]}-`;
}
