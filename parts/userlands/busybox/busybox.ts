/**
 * BusyBox: one static program of Debian's, and what is made around it. Packages are unpacked and nothing of them is run, so only
 * those can be had that work like that; `params.ts` says which.
 */
import { definePart } from '../../part.ts';
import { debian } from '../debian/debian.ts';
import { openSuite } from '../debian/open-suite.ts';
import { resolvePackages } from '../debian/resolve-packages.ts';
import type { Userland, UserlandPart } from '../userland.ts';
import { accounts } from './accounts.ts';
import { clean, install } from './install.ts';
import { firstBootEntries, packageOf } from './known-packages.ts';
import { BusyboxParams } from './params.ts';
import { writeSystem } from './system.ts';

/** Its packages are of Debian's archive: what is asked of that alone is answered in the same way. */
const archive = debian.make({});

export const busybox: UserlandPart = {
  ...definePart(
    BusyboxParams,
    (): Userland => ({
      async resolve(context, wish) {
        const suite = await openSuite(context, wish);
        context.progress(0.6, `choosing packages from ${wish.suite}`);
        const names = wish.names.map(({ name, from }) => ({ name: packageOf(name), from }));
        // What its packages recommend could not be had.
        const { leftOut: _, ...group } = await resolvePackages(
          suite,
          { ...wish, names },
          context.params.previous?.packages,
          { always: [] },
        );
        return group;
      },
      resolveBoot: archive.resolveBoot,
      search: archive.search,
      install,
      writeSystem,
      // Nothing in it works a file up into another form.
      takeEffect: async () => undefined,
      accounts,
      firstBootEntries,
      clean,
    }),
  ),
  mirrors: debian.mirrors,
};
