/** A finished kernel: the Debian package linux-image-* of one, the same for every release of Debian. */
import { mkdir } from 'node:fs/promises';
import { pipeTools } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import type { KernelSource } from '../source.ts';
import { verifiedPackage } from '../verified-package.ts';
import { DebianBinaryParams } from './params.ts';

export const debianBinary = definePart(
  DebianBinaryParams,
  (): KernelSource => ({
    verify: (sources, store) => verifiedPackage(sources, 'linux-image-', store),
    /** Without its documentation. */
    async unpack(file, { folder }) {
      await mkdir(folder);
      await pipeTools([
        ['dpkg-deb', '--fsys-tarfile', file.path],
        [
          'tar',
          ...['--extract', '--file=-', `--directory=${folder}`, '--no-same-owner', '--exclude=./usr/share'],
          // Packages from before trixie have the modules in /lib, which is /usr/lib on every system of today.
          String.raw`--transform=s,^\./lib/,./usr/lib/,`,
        ],
      ]);
    },
  }),
);
