/**
 * A live system that machines load over the network: files to be served from one directory. An iPXE script (https://ipxe.org/scripting) has
 * a kernel started with two initramfs archives, of which the second holds the root file system: it comes to every machine and with every
 * firmware alike, and no driver of a network card is needed before the system runs.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Architecture } from '../../../src/architecture.ts';
import type { ChosenPart } from '../../../src/stages/chosen-part.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { cpioOf, largestCpioFile } from '../../initramfs/minimal/cpio.ts';
import { definePart } from '../../part.ts';
import type { Format, FormatSource } from '../format.ts';
import { liveRootFile, liveRootModules, liveRootPath } from '../live-root.ts';
import { DirectoryParams } from './params.ts';
import { bootScript } from './script.ts';

/** The firmware under which a card's own iPXE is asked for a script. */
const machines: Readonly<Record<Architecture, readonly ChosenPart[]>> = {
  x86_64: [{ use: 'bios', params: {} }],
  aarch64: [{ use: 'uefi', params: {} }],
};

const extension = 'ipxe';
const beside = {
  linux: { extension: 'linux', mediaType: 'application/octet-stream' },
  initrd: { extension: 'initrd', mediaType: 'application/octet-stream' },
  root: { extension: 'root.cpio', mediaType: 'application/x-cpio' },
} as const;

export const directory = definePart(
  DirectoryParams,
  (params) => (): Format => ({
    extension,
    mediaType: 'text/plain; charset=utf-8',
    beside: Object.values(beside),
    disk: 'network',
    sparse: false,
    bootable: true,
    machines,
    qemu: { driver: 'raw' },
    compress: 'none',
    convert: (source, target) => convert(source, target, params),
  }),
);

async function convert(source: FormatSource, target: string, { root }: DirectoryParams): Promise<void> {
  const { work, sourceDate } = source;
  const system = await source.live({ needed: liveRootModules(root), modules: [], work });
  const { facts } = system;
  const sibling = ({ extension: other }: { extension: string }) => target.slice(0, -extension.length) + other;
  const [linux, initrd, archive] = [sibling(beside.linux), sibling(beside.initrd), sibling(beside.root)];
  const names = { linux: basename(linux), initrds: [initrd, archive].map((path) => basename(path)) };
  await writeFile(target, bootScript(facts, names));
  await Promise.all([copyFile(facts.kernel, linux), copyFile(facts.initramfs, initrd)]);
  const image = await liveRootFile(root, system, source);
  await archiveAs(liveRootPath(system, root), image, sourceDate, archive);
}

/** Writes an initramfs archive with one file in it. @throws StageFailure `image.too-large` */
async function archiveAs(path: string, file: string, sourceDate: number, target: string): Promise<void> {
  const { size } = await stat(file);
  if (size > largestCpioFile)
    throw new StageFailure({
      code: 'image.too-large',
      message: `The root file system has ${size} bytes, and an initramfs holds files of at most ${largestCpioFile}.`,
      hint: 'Install fewer packages, or take another format than this one.',
      details: [{ pointer: '/image/formats', message: 'has a format that machines load into memory as a whole' }],
    });
  const { before, after } = cpioOf(path, size, sourceDate);
  const all = async function* () {
    yield before;
    yield* createReadStream(file);
    yield after;
  };
  await pipeline(all, createWriteStream(target));
}
