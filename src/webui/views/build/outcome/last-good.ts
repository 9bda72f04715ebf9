/** The build that one compares with. Pure. */
import type { Build } from '../../../../model/build.ts';

type Listed = Pick<Build, 'id' | 'number' | 'arch' | 'state' | 'verifies'>;

/** The newest before it that succeeded for the same architecture; one that only repeats another is none. */
export function lastGoodBefore<One extends Listed>(
  build: Pick<Build, 'number' | 'arch'>,
  others: readonly One[],
): One | undefined {
  return others
    .filter(({ number, arch, state, verifies }) => {
      return number < build.number && arch === build.arch && state === 'succeeded' && verifies === null;
    })
    .toSorted((a, b) => b.number - a.number)[0];
}
