/** Systems that start without the disk, for formats that ask for one. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootFacts } from '../../parts/bootloaders/boot-loader.ts';
import type { FileTree } from '../../parts/file-tree/file-tree.ts';
import type { FormatSource, LiveSystem, LiveWish } from '../../parts/formats/format.ts';
import type { Initramfs, InitramfsJob } from '../../parts/initramfs/initramfs.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import { deriveUuid } from '../contract/derive.ts';
import { StageFailure } from '../contract/failure.ts';
import type { StageContext } from '../contract/program.ts';
import { runTool } from '../contract/tool.ts';
import { liveCommandLine } from './cmdline.ts';
import type { Inputs } from './inputs.ts';
import { rootTree, type SharedParts } from './root-tree.ts';

interface LiveJob {
  context: StageContext<PackageParams>;
  inputs: Inputs;
  parts: SharedParts;
  /** undefined: what makes it makes none of a live system. */
  initramfs: Initramfs | undefined;
  bootFile: InitramfsJob['bootFile'];
  /** Gives a tree with labels, where the kernel decides by labels. `name`: of a folder for it. */
  labelled(tree: FileTree, name: string): Promise<FileTree>;
}

/** Makes each as it is asked for. */
export function liveSystems({ context, inputs, parts, initramfs, bootFile, labelled }: LiveJob): FormatSource['live'] {
  const { params, arch, log } = context;
  const { sourceDate } = params;
  /** No partition of the disk is there to be mounted. */
  const readRoot = async () => {
    const work = join(context.work, 'live-root');
    await mkdir(work, { recursive: true });
    return labelled(await rootTree({ ...parts, fstab: '' }, work, sourceDate), 'live');
  };
  let root: Promise<FileTree> | undefined;
  return async (wish): Promise<LiveSystem> => {
    const folder = async (name: string) => {
      const path = join(wish.work, 'live', name);
      await mkdir(path, { recursive: true });
      return path;
    };
    if (!initramfs)
      throw new StageFailure({
        code: 'initramfs.not-live',
        message: 'The initramfs that the definition asks for starts no live systems.',
        hint: 'Leave `initramfs` out, or the formats that are live systems out of image.formats.',
        details: [{ pointer: '/initramfs', message: 'starts no live systems' }],
      });
    const { kernel, release, rootfs, modules: modulesTar } = inputs;
    const target = join(await folder('boot'), 'initrd');
    const wanted = wantedModules(params, wish);
    const files = { rootfs, modulesTar, work: await folder('modules'), target };
    const asked = { overlay: true, verity: false, bootFile };
    const made = await initramfs.make({ arch, release, wanted, sourceDate, ...files, ...asked, log });
    if (made === null) throw new Error('a live system has an initramfs, and none was made');
    root ??= readRoot();
    return {
      root: await root,
      facts: { ...liveFacts(context, wish.words ?? []), release, kernel, initramfs: made },
      tools: { work: await folder('boot-loader'), bootFile, run: runTool },
    };
  };
}

/** What the disk's own file system takes is of no use; the drivers of every machine are. */
function wantedModules({ bootModules }: PackageParams, { needed, modules }: LiveWish): InitramfsJob['wanted'] {
  return [
    ...bootModules.filter((module) => !module.needed),
    ...modules.map((name) => ({ name, needed: false })),
    ...needed.map((name) => ({ name, needed: true })),
  ];
}

function liveFacts(
  { params, key, arch }: LiveJob['context'],
  words: readonly string[],
): Omit<BootFacts, 'release' | 'kernel' | 'initramfs'> {
  const { name, version, title, cmdline, addedCmdline = [] } = params;
  // Another than the disk's: no boot loader finds the one where it looks for the other.
  const imageId = deriveUuid(key, 'image', 'live');
  return {
    ...{ arch, name, version, title, imageId, biosBoot: null, deviceTrees: [] },
    cmdline: liveCommandLine(imageId, [...cmdline, ...words], addedCmdline),
    plainCmdline: liveCommandLine(imageId, [...cmdline, ...words], []),
  };
}
