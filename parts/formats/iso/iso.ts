/**
 * A live system on a CD that is a USB disk as well: BIOS and UEFI firmware start GRUB from either, and the root is a file of the ISO 9660 file
 * system (ECMA-119) with a layer in memory above it. Both firmwares' programs are El Torito boot images; the one for UEFI is the file
 * system of a partition at the end, too, and the first sector has code that BIOS firmware starts from a disk. xorrisofs(1). On a disk what
 * the system writes may be kept in one more partition.
 */
import { link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Architecture } from '../../../src/architecture.ts';
import { sizeInMiB } from '../../../src/definition/image-size.ts';
import type { ChosenPart } from '../../../src/stages/chosen-part.ts';
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { grubMenu } from '../../bootloaders/grub/menu.ts';
import { PlacedTree } from '../../file-tree/placed-tree.ts';
import { fileSystems } from '../../filesystems/index.ts';
import { smallFat } from '../../filesystems/vfat/vfat.ts';
import { definePart, makePart } from '../../part.ts';
import { MiB } from '../../units.ts';
import type { Format, FormatSource } from '../format.ts';
import { liveRootFile, liveRootModules, liveRootPath, wholeFile } from '../live-root.ts';
import { type CdBoot, grubForCd } from './grub-for-cd.ts';
import { IsoParams } from './params.ts';
import { xorrisoArguments } from './xorriso.ts';

const uefi: ChosenPart = { use: 'uefi', params: {} };
const machines: Readonly<Record<Architecture, readonly ChosenPart[]>> = {
  x86_64: [uefi, { use: 'bios', params: {} }],
  aarch64: [uefi],
};

export const iso = definePart(
  IsoParams,
  (params) => (): Format => ({
    extension: 'iso',
    mediaType: 'application/x-iso9660-image',
    disk: 'cdrom',
    sparse: false,
    bootable: true,
    machines,
    qemu: { driver: 'raw' },
    compress: 'none',
    convert: (source, target) => convert(source, target, params),
  }),
);

async function convert(source: FormatSource, target: string, params: IsoParams): Promise<void> {
  const { work, sourceDate, key, name, version } = source;
  const kept = params.persistence === undefined ? undefined : await keptPartition(params.persistence, source);
  // A CD is an optical drive's or a whole USB disk's; the drivers of USB disks are those of every machine.
  const system = await source.live({
    needed: ['isofs', ...liveRootModules(params.root), ...(kept ? [keptFileSystem] : [])],
    modules: ['cdrom', 'sr_mod'],
    ...(kept ? { words: [`ldf.persistence=UUID=${kept.uuid}`] } : {}),
    work,
  });
  const boot = await grubForCd(system);
  const files = [...grubMenu(system.facts, params), ...boot.files];
  const folder = await new PlacedTree(files, join(work, 'medium'), sourceDate).folder();
  const root = join(folder, liveRootPath(system, params.root));
  await mkdir(dirname(root), { recursive: true });
  await link(await liveRootFile(params.root, system, source), root);
  const args = xorrisoArguments({
    folder,
    target,
    volume: volumeName(name, version),
    set: system.facts.imageId,
    guid: deriveUuid(key, 'disk', 'live'),
    sourceDate,
    boot,
    uefiImage: await uefiImage(boot, source),
    kept: kept?.path,
  });
  await runTool('xorriso', args, { env: { SOURCE_DATE_EPOCH: String(sourceDate) } });
}

/** The file system that UEFI firmware starts from: the boot loader's program, and nothing else. */
async function uefiImage({ uefiProgram }: CdBoot, { work, key, sourceDate }: FormatSource): Promise<string> {
  const own = join(work, 'uefi');
  await mkdir(own, { recursive: true });
  const tree = new PlacedTree([uefiProgram], own, sourceDate);
  return wholeFile(smallFat, tree, { label: 'ESP', key, sourceDate, work: own });
}

const keptFileSystem = 'ext4';

/** An empty file system for what the system writes; the initramfs finds it by its UUID. */
async function keptPartition(size: string, { work, key, sourceDate }: FormatSource) {
  const own = join(work, 'persistence');
  await mkdir(own, { recursive: true });
  const facts = { label: 'persistence', key: deriveUuid(key, 'live', 'persistence'), sourceDate, work: own };
  const fileSystem = makePart('file system', fileSystems, { use: keptFileSystem, params: {} });
  const tree = new PlacedTree([], join(own, 'none'), sourceDate);
  const path = await wholeFile(fileSystem, tree, facts, sizeInMiB(size) * MiB);
  return { path, uuid: deriveUuid(facts.key, 'file-system', facts.label) };
}

/** What a file manager calls it: capital letters, digits and _, at most 32 (ECMA-119 §8.4.6). */
export function volumeName(name: string, version: string): string {
  return `${name}_${version}`
    .toUpperCase()
    .replaceAll(/[^A-Z0-9_]/g, '_')
    .slice(0, 32);
}
