/**
 * The root file system as a tar: for containers of LXC and systemd-nspawn, for WSL, and to be unpacked onto a disk of one's own.
 * It is what the root partition holds: owners, modes, attributes, dates, devices and links.
 */
import { writeSortedTar } from '../../file-tree/sorted-tar.ts';
import { definePart } from '../../part.ts';
import type { Format } from '../format.ts';
import { TarParams } from './params.ts';

export const tar = definePart(
  TarParams,
  () => (): Format => ({
    extension: 'tar',
    mediaType: 'application/x-tar',
    disk: null,
    sparse: false,
    bootable: false,
    qemu: null,
    compress: 'none',
    convert: async ({ labelledRoot }, target) => writeSortedTar(await labelledRoot(), target),
  }),
);
