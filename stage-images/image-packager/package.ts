/** The stage `package`: kernel and root file system become a disk image, in every format asked for, with its papers. */

import { join } from 'node:path';
import { assembleLayer } from '../../src/stages/assemble/data.ts';
import { compileLayer } from '../../src/stages/compile/data.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import type { PackageData } from '../../src/stages/package/data.ts';
import type { StageContext, StageProgram } from '../contract/program.ts';
import { checksumLines, writeDocument, writeImage } from './artifacts.ts';
import { stageBootFiles } from './boot-files.ts';
import { commandLine } from './cmdline.ts';
import { describePlaces, planDisk, writeDisk } from './disk.ts';
import { indexModules } from './external-modules.ts';
import type { ImageContent } from './filler.ts';
import { imageArtifacts } from './formats.ts';
import { fstabText } from './fstab.ts';
import { makeInitramfs } from './initramfs.ts';
import { partitionUuid } from './partition-table.ts';
import { type RootTree, readRootTree } from './root-tree.ts';
import { writeSbom } from './sbom.ts';

type Context = StageContext<PackageParams>;

/** Where each step begins in the stage's time, as measured on a small image. */
const begin = { verify: 0, boot: 0.02, disk: 0.1, images: 0.7, checksums: 0.98 } as const;

/** Makes the image and its papers. @throws StageFailure of every step; see there. */
export const packageImage: StageProgram<PackageParams, PackageData> = async (context) => {
  const { params, key } = context;
  context.progress(begin.verify, 'verifying the kernel');
  const inputs = await readInputs(context);

  context.progress(begin.boot, 'preparing boot files');
  const [initramfs, root] = await Promise.all([writeInitramfs(context, inputs), listRoot(context, inputs)]);
  const content: ImageContent = { esp: await prepareEsp(context, inputs, initramfs), root };

  const layout = planDisk(context, content);
  const formats = imageArtifacts(params);
  const stem = `${params.name}-${params.version}-${context.arch}`;
  const disk = formats.includes('raw') ? join(context.out, `${stem}.raw`) : join(context.work, 'disk.raw');
  context.progress(begin.disk, `writing ${describePlaces(params.partitions, layout)}`);
  const [sbom] = await Promise.all([
    writeDocument(context.out, `${stem}.cdx.json`, 'sbom', writeSbom(params, inputs.release, key)),
    writeDisk(context, disk, layout, content),
    context.verifyInput(inputs.rootfs),
  ]);

  context.progress(begin.images, `writing ${formats.join(', ')}`);
  const source = { disk, stem, compression: params.compression };
  const images = await Promise.all(formats.map((format) => writeImage(context.out, source, format)));
  context.progress(begin.checksums, 'writing checksums');
  const checksums = await writeDocument(context.out, 'SHA256SUMS', 'checksums', checksumLines([...images, sbom]));
  const all = [...images, sbom, checksums];
  for (const { artifact, sha256 } of all) context.output(artifact.path, 'file', sha256);
  return {
    artifacts: all.map(({ artifact }) => artifact),
    initramfs: initramfs !== null,
    diskBytes: layout.diskBytes,
  };
};

/** What the input layers hold; `modules` is null when the kernel has none. */
interface Inputs {
  release: string;
  kernel: string;
  modules: string | null;
  rootfs: string;
}

/** Where the two input layers have what is packaged. All is verified but the root file system, which takes a while. */
async function readInputs(context: Context): Promise<Inputs> {
  const [compile, assemble] = await Promise.all([
    context.inputData(compileLayer),
    context.inputData(assembleLayer, ({ rootfs }) => [rootfs]),
  ]);
  const compiled = (path: string) => join(context.input('compile'), path);
  return {
    release: compile.release,
    kernel: compiled(compile.image),
    modules: compile.modules === null ? null : compiled(compile.modules),
    rootfs: join(context.input('assemble'), assemble.rootfs),
  };
}

async function listRoot(context: Context, { rootfs, modules, release }: Inputs): Promise<RootTree> {
  const { work, params, key } = context;
  const { sourceDate } = params;
  const indexed = modules && (await indexModules({ modules, rootfs, release, sourceDate }, join(work, 'modules')));
  const fstab = fstabText(params.fstab, key, params.partitions);
  return readRootTree({ rootfs, modules: indexed, fstab }, work, sourceDate);
}

/** The initramfs, or null when the kernel can mount its root by itself. @throws StageFailure `kernel.module-missing`. */
async function writeInitramfs(context: Context, { modules, release }: Inputs): Promise<string | null> {
  // Without any module, all drivers that the stage `prepare` has proved to be there are built in.
  if (modules === null) return null;
  const { bootModules: wanted, sourceDate } = context.params;
  const target = join(context.work, 'initrd');
  const work = join(context.work, 'initramfs');
  const { load, absent } = await makeInitramfs(
    { arch: context.arch, modulesTar: modules, release, wanted, sourceDate, work },
    target,
  );
  if (absent.length > 0) context.log(`this kernel was made without ${absent.join(', ')}`);
  context.log(
    load.length > 0 ? `the initramfs loads ${load.join(', ')}` : 'no initramfs: every boot module is built in',
  );
  return load.length > 0 ? target : null;
}

function prepareEsp(context: Context, { kernel, release }: Inputs, initramfs: string | null) {
  const { name, title, boot, cmdline, partitions } = context.params;
  const root = partitions.find(({ role }) => role === 'root');
  if (!root) throw new Error('no partition is planned for the root file system');
  const wholeLine = commandLine(partitionUuid(context.key, root), cmdline);
  return stageBootFiles(
    boot,
    { name, title, release, cmdline: wholeLine, kernel, initramfs },
    join(context.work, 'boot'),
  );
}
