/**
 * Files that depend on chance or on the time while packages are configured. Only those that scripts wrote and that nothing
 * is known of are looked at: the packages that may have made them are configured a second time, in a copy of the tree,
 * and what comes out is compared. Most sets of packages have no such file, and then nothing is done twice.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { VaryingFile } from '../../../src/stages/assemble/data.ts';
import type { WrittenFile } from '../../../src/stages/base/contract.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { pipeTools, readTool } from '../../../stage-images/contract/tool.ts';
import { RootFs } from '../../root-fs/root-fs.ts';
import { debFolder } from './debs.ts';
import { deterministic, passedOver, varyingFolders } from './generated-files.ts';
import { isKeyLike, isPlain, type Sample } from './key-likeness.ts';
import { entriesOf, type FirstBootParams } from './machine-entries.ts';
import { ScriptOwners } from './script-owners.ts';

/** Configures the named packages, which are unpacked. @throws StageFailure when a script fails. */
type Configure = (root: RootFs, packages: readonly string[]) => Promise<void>;

/** A failure names so many keys; more come from one cause. */
const maxDetails = 50;
/** The result names so many files; the log has all. */
const maxReported = 200;

/**
 * Looks at what the scripts have written, a path that is there twice once. Gives the files that vary and stay in the image.
 * @throws StageFailure `packages.shared-secret` with every key among them.
 */
export async function findVaryingFiles(
  root: RootFs,
  params: FirstBootParams & { sharedFiles?: string[] | undefined },
  files: readonly WrittenFile[],
  { work, configure }: { work: string; configure: Configure },
): Promise<VaryingFile[]> {
  const written = [...new Map(files.map((file) => [file.path, file])).values()];
  const found: Sample[] = [];
  for (const { path, mode } of unknownOf(written, params)) {
    const content = await readOrUndefined(root, path);
    const sample = content && { path, mode, content };
    if (sample && !isPlain(sample)) found.push(sample);
  }
  const folders = reportedFolders(written);
  if (found.length === 0) return folders;
  root.log(`not known whether the same each time: ${found.map(({ path }) => path).join(', ')}`);
  const owners = await ScriptOwners.read(
    root,
    found.map(({ path }) => path),
  );
  const second = await configureAgain(root, found, owners, { work, configure });
  const varying: VaryingFile[] = [];
  for (const sample of found) {
    const { path } = sample;
    const other = await readOrUndefined(second, path);
    if (other?.equals(sample.content)) continue;
    const why = isKeyLike(sample, other) ? 'key' : other ? 'differs' : 'unproven';
    varying.push({ path, package: owners.of(path)[0] ?? null, why });
  }
  await rm(second.path, { recursive: true, force: true });
  refuseKeys(varying.filter(({ why }) => why === 'key'));
  for (const { path, package: name, why } of varying)
    root.log(
      `${path} (${name ?? 'of no known package'}): ${why === 'differs' ? 'not the same each time' : 'not made a second time'}`,
    );
  return [...folders, ...varying].slice(0, maxReported);
}

/**
 * Files with a date after `since` (seconds of the epoch) of which nothing is known by their paths. dpkg gives what it unpacks the
 * date that it has in the package, long before.
 */
export async function writtenSince(root: RootFs, since: number): Promise<WrittenFile[]> {
  const skipped = passedOver.flatMap((path) => ['-path', join(root.path, path), '-o']);
  const list = await readTool('find', [
    ...[root.path, '-xdev', '(', ...skipped.slice(0, -1), ')', '-prune', '-o'],
    ...['-type', 'f', '-size', '+0', '-newermt', `@${since}`, '-printf', '%m /%P\\0'],
  ]);
  return list
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => ({ mode: Number.parseInt(line, 8), path: line.slice(line.indexOf(' ') + 1) }))
    .filter(({ path }) => !deterministic.some((pattern) => pattern.test(path)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Without what is known, is made at first boot, is given by the definition, or may be shared by its word. */
export function unknownOf(
  written: readonly WrittenFile[],
  params: FirstBootParams & { sharedFiles?: string[] | undefined },
): WrittenFile[] {
  const spoken = new Set([
    ...entriesOf(params).flatMap(({ files }) => files.map(({ path }) => path)),
    ...params.files.map(({ path }) => path),
  ]);
  const shared = params.sharedFiles ?? [];
  return written.filter(
    ({ path }) =>
      !spoken.has(path) &&
      !shared.some((one) => path === one || path.startsWith(`${one}/`)) &&
      ![...deterministic, ...varyingFolders].some((pattern) => pattern.test(path)),
  );
}

function reportedFolders(written: readonly WrittenFile[]): VaryingFile[] {
  const matches = written.flatMap(({ path }) => varyingFolders.flatMap((pattern) => pattern.exec(path)?.[0] ?? []));
  return [...new Set(matches)].map((path) => ({ path: path.slice(0, -1), package: null, why: 'differs' }));
}

/** A copy of the tree in which the packages in question were configured as if for the first time. */
async function configureAgain(
  root: RootFs,
  found: readonly WrittenFile[],
  owners: ScriptOwners,
  { work, configure }: { work: string; configure: Configure },
): Promise<RootFs> {
  const second = new RootFs(join(work, 'second'), root.sourceDate, root.log);
  const packages = [...new Set(found.flatMap(({ path }) => owners.of(path)))].sort();
  await mkdir(second.path);
  if (packages.length === 0) return second;
  const unused = [debFolder, '/usr/share/doc', '/usr/share/man', '/usr/share/locale', '/usr/lib/modules'];
  await pipeTools([
    ['tar', '-C', root.path, '-c', '--numeric-owner', ...unused.map((path) => `--exclude=.${path}`), '-f', '-', '.'],
    ['tar', '-C', second.path, '-xp', '--numeric-owner', '-f', '-'],
  ]);
  for (const { path } of found) await second.remove(path);
  // What was drawn by lot may be kept as an answer.
  for (const name of ['config', 'passwords']) await second.remove(`/var/cache/debconf/${name}.dat`);
  const status = await readFile(await second.resolve('/var/lib/dpkg/status'), 'utf8');
  await second.write('/var/lib/dpkg/status', asUnpacked(status, packages));
  try {
    await configure(second, packages);
  } catch (error) {
    // A script may not stand being run twice; what it has not made is judged by itself.
    if (!(error instanceof StageFailure)) throw error;
    second.log(`configuring ${packages.join(', ')} again went wrong: ${error.error.message}`);
  }
  return second;
}

/** dpkg's status file with packages set back to unpacked (dpkg(1), "Package states"). */
export function asUnpacked(status: string, packages: readonly string[]): string {
  return status
    .split('\n\n')
    .map((stanza) =>
      packages.includes(/^Package: (.+)$/m.exec(stanza)?.[1] ?? '')
        ? stanza.replace(/^Status: install ok installed$/m, 'Status: install ok unpacked')
        : stanza,
    )
    .join('\n\n');
}

async function readOrUndefined(root: RootFs, path: string): Promise<Buffer | undefined> {
  const stat = await root.stat(path);
  return stat?.isFile() ? readFile(await root.resolve(path)) : undefined;
}

function refuseKeys(keys: readonly VaryingFile[]): void {
  const [first] = keys;
  if (!first) return;
  const say = ({ path, package: name }: VaryingFile) =>
    `${path} is made when ${name ?? 'a package'} is installed, and looks like a key: every machine made from this image would have the same.`;
  throw new StageFailure({
    code: 'packages.shared-secret',
    message: keys.length === 1 ? say(first) : `${keys.length} files look like keys that every machine would share.`,
    hint: 'Say under /system/perMachine how each machine makes its own at first boot. If it is no secret, or is meant to be shared, list it under /system/sharedFiles.',
    details: keys.slice(0, maxDetails).map((key) => ({
      pointer: '/system/perMachine',
      value: JSON.stringify(key.path),
      message: say(key),
    })),
  });
}
