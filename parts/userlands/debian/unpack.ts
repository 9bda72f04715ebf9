/** From nothing to unpacked packages: the folders dpkg expects, the base's files, then dpkg itself inside the root. */
import { appendFile, chmod, copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { debianNames } from '../../../src/architecture.ts';
import type { KernelPackage } from '../../../src/stages/kernel-package.ts';
import { pipeTools, runTool } from '../../../stage-images/contract/tool.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import type { StepProgress } from '../../steps.ts';
import { type Deb, parallel } from './debs.ts';
import { dpkg } from './dpkg.ts';
import { standInFiles, standInStanza } from './kernel-stand-in.ts';
import { writeStandInProc } from './stand-in-proc.ts';

/** Files a starting system needs in /dev, as a minimal Debian tree has them: name, major, minor (null(4), tty(4)). */
const devices = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
  ['console', 5, 1],
] as const;

/** Links that bash, and scripts, take for granted (proc_pid_fd(5)). */
const deviceLinks = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
] as const;

/** Forbids every start of a service while packages are configured, and is removed afterwards. */
export const policyProgram = '/usr/sbin/policy-rc.d';
export const policyText = '#!/bin/sh\nexit 101\n';

/** Makes /usr merged, dpkg's database, which knows of nothing, and the device nodes that maintainer scripts use. */
export async function prepareRoot(root: RootFs, architecture: string): Promise<void> {
  const at = (path: string) => join(root.path, path);
  await chmod(root.path, 0o755);
  for (const folder of [
    'usr',
    'etc',
    'dev',
    'proc',
    'sys',
    'run',
    'var/lib/dpkg/info',
    'var/lib/dpkg/updates',
    'var/lib/dpkg/triggers',
  ])
    await mkdir(at(folder), { recursive: true });
  // Releases before trixie leave the links of the merged /usr to whoever installs them; trixie's base-files has them.
  for (const name of ['bin', 'sbin', 'lib', ...(architecture === debianNames.x86_64 ? ['lib64'] : [])]) {
    await mkdir(at(`usr/${name}`));
    await symlink(`usr/${name}`, at(name));
  }
  await mkdir(at('tmp'));
  await chmod(at('tmp'), 0o1777);
  await writeFile(at('var/lib/dpkg/status'), '');
  await writeFile(at('var/lib/dpkg/available'), '');
  await writeFile(at('var/lib/dpkg/arch'), `${architecture}\n`);
  for (const [name, major, minor] of devices)
    await runTool('mknod', ['-m', '666', at(`dev/${name}`), 'c', String(major), String(minor)]);
  for (const [name, target] of deviceLinks) await symlink(target, at(`dev/${name}`));
}

/** Tells dpkg's database of the kernel, which packages depend on: it is no package of the image. */
export async function prepareKernel(root: RootFs, kernel: KernelPackage, architecture: string): Promise<void> {
  const at = (path: string) => join(root.path, 'var/lib/dpkg', path);
  await appendFile(at('status'), standInStanza(kernel, architecture));
  for (const [name, text] of standInFiles) await writeFile(at(`info/${name}`), text);
}

/**
 * Puts the files of the base in place so that its own dpkg and shell can run. dpkg unpacks them once more and then
 * knows them. base-files goes first: it brings the links that others' files lie behind.
 */
export async function extractBase(base: readonly Deb[], root: RootFs, progress: StepProgress): Promise<void> {
  const totalBytes = base.reduce((sum, { source }) => sum + source.sizeBytes, 0);
  let doneBytes = 0;
  const extractOne = async (deb: Deb) => {
    await extractDeb(join(root.path, deb.path), root.path, notNeededYet);
    doneBytes += deb.source.sizeBytes;
    progress(doneBytes / totalBytes, { note: `extracting ${deb.source.name}`, phase: 'extracting the base' });
  };
  const [first, ...others] = [...base].sort((a, b) => rank(a) - rank(b));
  if (!first) return;
  await extractOne(first);
  await new PQueue({ concurrency: parallel }).addAll(others.map((deb) => () => extractOne(deb)));
  await bootstrapFiles(root);
}

const rank = ({ source }: Deb) => (source.name === 'base-files' ? 0 : 1);

/** What base-passwd and mawk make in their postinst, which the first preinst scripts already need. */
async function bootstrapFiles(root: RootFs): Promise<void> {
  const at = (path: string) => join(root.path, path);
  for (const name of ['passwd', 'group']) await copyFile(at(`usr/share/base-passwd/${name}.master`), at(`etc/${name}`));
  if (!(await root.exists('/usr/bin/awk'))) await symlink('mawk', at('usr/bin/awk'));
}

/** What maintainer scripts find while packages are configured, and `clean` takes out again. */
export async function prepareConfiguring(root: RootFs): Promise<void> {
  await writeStandInProc(root);
  // Nothing may start a service here: invoke-rc.d(8) asks this program, and 101 means no.
  await root.write(policyProgram, policyText, 0o755);
}

/** Half of all files, and no program reads them: dpkg brings them. */
const notNeededYet = ['doc', 'info', 'locale', 'man'].map((name) => `./usr/share/${name}`);

/** The files of a package without what its scripts do. @param leftOut patterns of tar(1) for `./path` */
export async function extractDeb(deb: string, into: string, leftOut: readonly string[]): Promise<void> {
  const excluded = leftOut.map((pattern) => `--exclude=${pattern}`);
  await pipeTools([
    ['dpkg-deb', '--fsys-tarfile', deb],
    ['tar', '-C', into, '-xp', '--keep-directory-symlink', '--numeric-owner', ...excluded, '-f', '-'],
  ]);
}

/**
 * Unpacks packages with the root's own dpkg. `force` is for the base, whose Pre-Depends lead in circles; the order of
 * the others satisfies every Pre-Depends.
 */
export async function unpackPackages(
  debs: readonly Deb[],
  root: RootFs,
  { force }: { force: boolean },
  progress: StepProgress,
): Promise<void> {
  if (debs.length === 0) return;
  const sizes = new Map(debs.map(({ source }) => [source.name, source.sizeBytes]));
  const totalBytes = debs.reduce((sum, { source }) => sum + source.sizeBytes, 0);
  let doneBytes = 0;
  const onPackage = (name: string) => {
    progress(doneBytes / totalBytes, { note: `unpacking ${name}`, phase: 'unpacking packages', item: name });
    doneBytes += sizes.get(name) ?? 0;
  };
  await dpkg(root, [...(force ? ['--force-depends'] : []), '--unpack', ...debs.map(({ path }) => path)], onPackage);
  for (const { path } of debs) await rm(join(root.path, path));
}
