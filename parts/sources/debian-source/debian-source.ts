/** The upstream tree as Debian ships it: a package linux-source-*, which holds the tree as an archive. */
import { mkdir } from 'node:fs/promises';
import { pipeTools } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import type { KernelSource, Unpacking, VerifiedFile } from '../source.ts';
import { verifiedPackage } from '../verified-package.ts';
import { readConfig, withoutKeys } from './debian-config.ts';
import { DebianSourceParams } from './params.ts';

/**
 * Parts of the source that building a kernel never reads: Documentation but for its Kconfig file and Makefile, which the
 * top level includes.
 */
const unneeded = ['--anchored', '--no-wildcards-match-slash', '--exclude=linux-source-*/Documentation/*/*'];

/** Patterns, in which `*` matches slashes, too. */
const members = {
  kconfig: ['--wildcards', 'linux-source-*/*Kconfig*', 'linux-source-*/scripts/*'],
} as const;

export const debianSource = definePart(
  DebianSourceParams,
  ({ config }): KernelSource => ({
    verify: (sources, store) => verifiedPackage(sources, 'linux-source-', store),
    unpack,
    async config(sources, store, work) {
      if (!config) return undefined;
      const file = await verifiedPackage(sources, 'linux-config-', store);
      return withoutKeys(await readConfig(file, config.file, work));
    },
  }),
);

async function unpack(file: VerifiedFile, { folder, progress, only }: Unpacking): Promise<void> {
  await mkdir(folder);
  const member = './usr/src/linux-source-*.tar.xz';
  let reported = 0;
  const onBytes = (bytes: number) => {
    // The package holds little else than the archive.
    const percent = Math.min(100, Math.floor((100 * bytes) / file.sizeBytes));
    if (percent <= reported) return;
    reported = percent;
    progress(percent / 100);
  };
  await pipeTools(
    [
      ['dpkg-deb', '--fsys-tarfile', file.path],
      ['tar', '--extract', '--to-stdout', '--file=-', '--wildcards', member],
      [
        'tar',
        ...['--extract', '--xz', '--file=-', `--directory=${folder}`, '--strip-components=1', '--no-same-owner'],
        ...(only ? members[only] : unneeded),
      ],
    ],
    { onBytes },
  );
}
