/** Debian: packages by apt, installed by the dpkg that is among them. */
import { definePart } from '../../part.ts';
import type { Userland, UserlandPart } from '../userland.ts';
import { accounts } from './accounts.ts';
import { readSourceEntries } from './apt-sources.ts';
import { clean } from './clean.ts';
import type { ForeignPrograms } from './foreign-programs.ts';
import { install, installBase } from './install.ts';
import { listPackages } from './list-packages.ts';
import { entriesOf } from './machine-entries.ts';
import { openSuite } from './open-suite.ts';
import { DebianParams } from './params.ts';
import { resolveBoot } from './resolve-boot.ts';
import { foreignTo, resolveNative } from './resolve-native.ts';
import { type ResolveNative, resolvePackages } from './resolve-packages.ts';
import { removeSetAside } from './set-aside.ts';
import { Suites } from './suites.ts';
import { generatedLocale, writeSystem } from './system.ts';
import { takeEffect } from './take-effect.ts';

export const debian: UserlandPart = {
  ...definePart(DebianParams, (): Userland => {
    let foreign: ForeignPrograms | undefined;
    return {
      async resolve(context, wish, kernelOf) {
        const suite = await openSuite(context, wish);
        const kernel = await kernelOf();
        context.progress(0.6, `choosing packages from ${wish.suite}`);
        const own = foreignTo(context.arch);
        const native: ResolveNative | undefined =
          own && (async (...found) => resolveNative(await Suites.of(context).open(wish.suite, own), own, ...found));
        return resolvePackages(suite, wish, context.params.previous?.packages, { kernel, native, setsBaseApart: true });
      },
      resolveBoot: async (context, wish, previous) =>
        resolveBoot(await Suites.of(context).open(wish.suite), wish, previous),
      search: listPackages,
      installBase,
      async install(root, installing, base) {
        const { foreign: programs, ...installed } = await install(root, installing, base);
        foreign = programs;
        return installed;
      },
      writeSystem,
      async takeEffect(root, paths, params) {
        await removeSetAside(root, paths);
        await takeEffect(root, paths, generatedLocale(params));
      },
      accounts,
      firstBootEntries: entriesOf,
      async clean(root) {
        await foreign?.restore();
        await clean(root);
      },
    };
  }),
  mirrors,
};

/** What the apt of this stage image asks, which is what locks are resolved from. */
async function mirrors(): Promise<string[]> {
  const uris = (await readSourceEntries('/etc/apt')).flatMap((entry) => entry.uris);
  return [...new Set(uris.map((uri) => uri.replace(/\/+$/, '')))].filter((uri) => URL.canParse(uri));
}
