/** This machine's packages, unpacked beside the root. */
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import type { Architecture } from '../../../src/architecture.ts';
import type { LockedPackage } from '../../../src/stages/locked-package.ts';
import { pipeTools, ToolError } from '../../../stage-images/contract/tool.ts';
import type { StepProgress } from '../../steps.ts';
import { copyVerified, parallel } from './debs.ts';
import { emulatorPackages, shellPackage } from './resolve-native.ts';
import { extractDeb } from './unpack.ts';

interface Places {
  /** Of the image. */
  arch: Architecture;
  store: string;
  /** What this machine's programs are unpacked into. */
  tree: string;
  /** What gets `qemu` and `busybox`. */
  tools: string;
}

/** Half of all files, and no program reads them. */
const notNeeded = ['doc', 'info', 'locale', 'man'].map((name) => `./usr/share/${name}`);

/** @throws StageFailure `source.damaged` */
export async function extractNative(
  packages: readonly LockedPackage[],
  { arch, store, tree, tools }: Places,
  progress: StepProgress,
): Promise<void> {
  await mkdir(join(tree, 'usr'), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(tree, 'usr', name));
    await symlink(`usr/${name}`, join(tree, name));
  }
  let done = 0;
  const extract = async (source: LockedPackage) => {
    const deb = join(tree, `${source.name}.deb`);
    await copyVerified(join(store, source.sha256), deb, source);
    const emulator = emulatorPackages[source.name]?.(arch);
    if (emulator !== undefined) await extractOne(deb, tree, emulator);
    else await extractDeb(deb, tree, notNeeded);
    await rm(deb);
    if (emulator !== undefined) await rename(join(tree, emulator), join(tools, 'qemu'));
    if (source.name === shellPackage) await rename(join(tree, 'usr/bin/busybox'), join(tools, 'busybox'));
    progress(++done / packages.length, {
      note: `extracting ${source.name} of ${source.arch}`,
      phase: "extracting this machine's programs",
    });
  };
  await new PQueue({ concurrency: parallel }).addAll(packages.map((source) => () => extract(source)));
}

/** One file of a package of many. tar(1) ends once it has it, and what unpacks the package has nobody to write to any more. */
async function extractOne(deb: string, into: string, path: string): Promise<void> {
  try {
    await pipeTools([
      ['dpkg-deb', '--fsys-tarfile', deb],
      ['tar', '-C', into, '-xp', '--occurrence=1', '-f', '-', `./${path}`],
    ]);
  } catch (error) {
    if (!(error instanceof ToolError) || error.tool !== 'dpkg-deb') throw error;
  }
}
