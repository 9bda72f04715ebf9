/** The stage `initramfs`: one that is made by programs of the root file system. It has no key to sign with, and nothing of it stays but the file. */
import { join } from 'node:path';
import { fileSystems } from '../../parts/filesystems/index.ts';
import { initramfses } from '../../parts/initramfs/index.ts';
import { makePart } from '../../parts/part.ts';
import type { InitramfsParams } from '../../src/stages/initramfs/contract.ts';
import type { InitramfsData } from '../../src/stages/initramfs/data.ts';
import type { StageContext } from '../contract/program.ts';
import { BootPackages } from './boot-packages.ts';
import { readInputs } from './inputs.ts';

const file = 'initrd';

/** @throws StageFailure of the part, and of layers and sources that are damaged */
export async function makeInitramfs(context: StageContext<InitramfsParams>): Promise<InitramfsData> {
  const { arch, params, log } = context;
  const { bootModules: wanted, sourceDate, root } = params;
  const initramfs = makePart('initramfs', initramfses, params.initramfs);
  context.progress(0, 'verifying the root file system');
  const store = join(context.sources, 'sha256');
  const [{ rootfs, modules: modulesTar, release }, bootPackages] = await Promise.all([
    readInputs(context),
    BootPackages.unpack(params.bootPackages, store, join(context.work, 'boot-packages')),
  ]);
  // Its programs are not run before it is known to be the right one.
  await context.verifyInput(rootfs);
  context.progress(0.1, `making the initramfs with ${params.initramfs.use}`);
  const overlay = !makePart('file system', fileSystems, root.fileSystem).writable;
  const bootFiles = new Set<string>();
  const bootFile = (path: string) => {
    bootFiles.add(path);
    return bootPackages.file(path);
  };
  const files = { rootfs, modulesTar, work: join(context.work, 'initramfs'), target: join(context.out, file) };
  const asked = { overlay, verity: root.verity, bootFile };
  const made = await initramfs.make({ arch, release, wanted, sourceDate, ...files, ...asked, log });
  if (made !== null) context.output(file);
  return { initramfs: made === null ? null : file, bootFiles: [...bootFiles].sort() };
}
