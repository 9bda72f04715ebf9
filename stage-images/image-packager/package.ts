/** The stage `package`: kernel and root file system become a disk image, in every format asked for, with its papers. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootFacts } from '../../parts/bootloaders/boot-loader.ts';
import { type FileTree, plainPath } from '../../parts/file-tree/file-tree.ts';
import { TarArchive } from '../../parts/file-tree/tar-archive.ts';
import type { InitramfsJob } from '../../parts/initramfs/initramfs.ts';
import { labelledTree } from '../../parts/labels/labelled-tree.ts';
import type { Layout, Seal } from '../../parts/layouts/layout.ts';
import { initramfsLayer } from '../../src/stages/initramfs/data.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import type { PackageData } from '../../src/stages/package/data.ts';
import { deriveUuid } from '../contract/derive.ts';
import type { StageContext, StageProgram } from '../contract/program.ts';
import { runTool } from '../contract/tool.ts';
import { readPatches } from '../kernel-builder/read-patches.ts';
import { checksumLines, documents, writeDocument, writeImage } from './artifacts.ts';
import { billOf } from './bill.ts';
import { contributedFiles, requireOrigins } from './boot-files.ts';
import { BootPackages } from './boot-packages.ts';
import { type ChosenParts, chosenParts } from './chosen-parts.ts';
import { commandLine } from './cmdline.ts';
import { writeCycloneDx } from './cyclonedx.ts';
import { deviceTreesOf } from './device-trees.ts';
import { indexModules } from './external-modules.ts';
import { fstabText } from './fstab.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { liveSystems } from './live.ts';
import { rootTree, type SharedParts } from './root-tree.ts';
import { Signer } from './signer.ts';
import { writeSpdx } from './spdx.ts';

type Context = StageContext<PackageParams>;

/** Where each step begins in the stage's time, as measured on a small image. */
const begin = { verify: 0, boot: 0.02, disk: 0.1, images: 0.7, checksums: 0.98 } as const;

/** Makes the image and its papers. @throws StageFailure of every step; see there. */
export const packageImage: StageProgram<PackageParams, PackageData> = async (context) => {
  const { params, key } = context;
  const { partitions, layout, bootLoader, initramfs, growth, labels, formats } = chosenParts(params);
  context.progress(begin.verify, 'verifying kernel and boot files');
  const store = join(context.sources, 'sha256');
  const [inputs, bootPackages] = await Promise.all([
    readInputs(context),
    BootPackages.unpack(params.bootPackages, store, join(context.work, 'boot-packages')),
  ]);
  const bootFile = (path: string) => bootPackages.file(path);

  context.progress(begin.boot, 'preparing boot files');
  const needsDisk = formats.some(({ disk }) => disk === 'whole');
  const overlay = !rootOf(partitions).fileSystem.writable;
  const verity = rootOf(partitions).verity !== undefined;
  const [parts, initrd] = await Promise.all([
    rootParts(context, inputs),
    needsDisk ? diskInitramfs(context, inputs, { initramfs, bootFile, overlay, verity }) : null,
  ]);
  const root = await diskRoot(context, parts, { layout, growth, overlay });
  const labeller = await labels?.open(root, join(context.work, 'labels'));
  /** As one whole, wherever it lies. */
  const labelled = async (tree: FileTree, name: string) => {
    if (!labeller) return tree;
    const place = { folder: '/', sourceDate: params.sourceDate, work: join(context.work, 'labelled', name) };
    return labelledTree(tree, labeller, place);
  };
  const stem = `${params.name}-${params.version}-${context.arch}`;
  const pathOf = ({ extension }: { extension: string }) => `${stem}.${extension}`;
  // The image is made where it stays when it is an artifact itself.
  const asItIs = formats.find(({ convert }) => convert === null);
  const target = asItIs ? join(context.out, pathOf(asItIs)) : join(context.work, 'image');
  const job = { target, work: await scratch(context, 'layout'), key, sourceDate: params.sourceDate };
  const onPlanned = (note: string) => context.progress(begin.disk, `writing ${note}`);
  const place = async (seal: Seal | undefined) => {
    const deviceTrees = await deviceTreesOf(context, inputs);
    const facts = bootFacts(context, inputs, { layout, initramfs: initrd, seal, deviceTrees });
    const signer = params.secureBoot && (await Signer.open(context, params.secureBoot));
    const work = await scratch(context, 'boot-loader');
    const tools = { work, bootFile, run: runTool, enrolment: await signer?.enrolment() };
    const installed = await bootLoader.install(facts, tools);
    const unsigned = [...installed, ...(await contributedFiles(params.espFiles, facts, bootFile))];
    requireOrigins(unsigned, facts, (file) => bootPackages.has(file), [work, ...(signer ? [signer.folder] : [])]);
    return signer ? signer.signed(unsigned) : unsigned;
  };
  const makeDisk = () =>
    layout.compose({ root, partitions, size: params.size, labeller }, place, { ...job, onPlanned });
  const [disk] = await Promise.all([needsDisk ? makeDisk() : null, context.verifyInput(inputs.rootfs)]);

  const { name, version, sourceDate } = params;
  const live = liveSystems({ context, inputs, parts, initramfs, bootFile, labelled });
  const labelledRoot = () => labelled(root, 'root');
  const made = { disk: target, root, labelledRoot, key, name, version, arch: context.arch, sourceDate, live };
  context.progress(begin.images, `writing ${formats.map(({ extension }) => extension).join(', ')}`);
  const written = await Promise.all(
    formats.map(async (format) => {
      const work = await scratch(context, join('formats', format.extension));
      return writeImage(context.out, pathOf, { ...made, work }, format);
    }),
  );
  const images = written.flat();
  const patches = await readPatches(params.kernel.patches ?? [], context.sources);
  const { release, packageFacts: facts } = inputs;
  const bill = billOf(params, { release, facts, boot: await bootPackages.used(), patches });
  const bills = [
    await writeDocument(context.out, `${stem}.cdx.json`, documents.sbom, writeCycloneDx(bill, key)),
    await writeDocument(context.out, `${stem}.spdx.json`, documents.spdx, writeSpdx(bill, key)),
  ];
  context.progress(begin.checksums, 'writing checksums');
  const checksums = await writeDocument(
    context.out,
    'SHA256SUMS',
    documents.checksums,
    checksumLines([...images, ...bills]),
  );
  const all = [...images, ...bills, checksums];
  for (const { artifact, sha256 } of all) context.output(artifact.path, 'file', sha256);
  return {
    artifacts: all.map(({ artifact }) => artifact),
    // Every live system has one.
    initramfs: disk === null || initrd !== null,
    diskBytes: disk?.sizeBytes ?? null,
  };
};

/** What the root file system is made of, with the kernel's modules. */
async function rootParts(context: Context, { modules, rootfs: path, release }: Inputs): Promise<SharedParts> {
  const { sourceDate } = context.params;
  const rootfs = new TarArchive(path);
  const indexed =
    modules && (await indexModules({ modules, rootfs, release, sourceDate }, join(context.work, 'modules')));
  return { rootfs, modules: indexed };
}

/** The root file system of the disk: with its fstab, and what makes a partition grow. */
async function diskRoot(
  context: Context,
  parts: SharedParts,
  { layout, growth, overlay }: Pick<ChosenParts, 'layout' | 'growth'> & { overlay: boolean },
): Promise<FileTree> {
  const { params, key } = context;
  const labels = params.partitions.map(({ label }) => label);
  const fstab = fstabText(params.fstab, labels, (label) => layout.partitionUuid(key, label));
  const { entries } = await parts.rootfs.content();
  const present = new Set(entries.map(({ path }) => plainPath(path)));
  const partitions = params.partitions.map(({ typeGuid, grow = false }) => ({ typeGuid, grow }));
  const added = growth?.files(partitions, { overlaid: overlay, has: (path) => present.has(path) }) ?? [];
  return rootTree({ ...parts, fstab, added }, await scratch(context, 'root'), params.sourceDate);
}

/** The path of the initramfs, or null when the kernel can mount its root by itself. */
async function diskInitramfs(
  context: Context,
  { modules: modulesTar, release, rootfs }: Inputs,
  { initramfs, ...asked }: Pick<InitramfsJob, 'bootFile' | 'overlay' | 'verity'> & Pick<ChosenParts, 'initramfs'>,
): Promise<string | null> {
  if (!initramfs) return readyInitramfs(context, asked.bootFile);
  const { arch, log } = context;
  const { bootModules: wanted, sourceDate } = context.params;
  const files = { rootfs, modulesTar, work: join(context.work, 'initramfs'), target: join(context.work, 'initrd') };
  return initramfs.make({ arch, release, wanted, sourceDate, ...files, ...asked, log });
}

/** As the stage `initramfs` has left it. What it took of boot packages is in the image. */
async function readyInitramfs(context: Context, bootFile: InitramfsJob['bootFile']): Promise<string | null> {
  const made = await context.inputData(initramfsLayer);
  for (const path of made.bootFiles) await bootFile(path);
  return made.initramfs === null ? null : join(context.input(initramfsLayer.stage), made.initramfs);
}

function bootFacts(
  context: Context,
  inputs: Inputs,
  {
    layout,
    initramfs,
    seal,
    deviceTrees,
  }: { layout: Layout; seal: Seal | undefined } & Pick<BootFacts, 'initramfs' | 'deviceTrees'>,
): BootFacts {
  const { name, version, title, cmdline, addedCmdline = [], partitions, overlay } = context.params;
  const { release, kernel } = inputs;
  const uuidOf = (label: string) => layout.partitionUuid(context.key, label);
  const root = {
    partitionUuid: seal?.partitionUuid ?? uuidOf(rootOf(partitions).label),
    rootHash: seal?.rootHash,
    overlayUuid: overlay === undefined ? undefined : uuidOf(overlay),
  };
  const line = (words: readonly string[]) => commandLine(root, words);
  const lines = { cmdline: line([...cmdline, ...addedCmdline]), plainCmdline: line(cmdline) };
  const places = { imageId: deriveUuid(context.key, 'image'), biosBoot: layout.biosBoot ?? null };
  return { arch: context.arch, name, version, title, release, ...lines, kernel, initramfs, deviceTrees, ...places };
}

function rootOf<Planned extends { role: string }>(partitions: readonly Planned[]): Planned {
  const root = partitions.find(({ role }) => role === 'root');
  if (!root) throw new Error('no partition is planned for the root file system');
  return root;
}

async function scratch(context: Context, name: string): Promise<string> {
  const folder = join(context.work, name);
  await mkdir(folder, { recursive: true });
  return folder;
}
