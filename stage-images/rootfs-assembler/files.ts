/** The files of the definition and of the components. */
import type { StageParams } from '../../src/stages/stages.ts';
import { StageFailure } from '../contract/failure.ts';
import { type RootFs, RootPathError } from './root-fs.ts';

type File = StageParams['assemble']['files'][number];

/** Folders over which something is mounted at boot (file-hierarchy(7)): what is written there is never seen. */
const mountedOver = ['/dev', '/proc', '/run', '/sys'];

/** Writes each file as root:root. @throws StageFailure `files.impossible` with all those that cannot be written. */
export async function writeFiles(root: RootFs, files: readonly File[]): Promise<void> {
  const details: { pointer: string; message: string; value: string }[] = [];
  for (const file of files) {
    const reason = await writeOne(root, file);
    if (reason === undefined) continue;
    const { from, path } = file;
    const asker = from.startsWith('/') ? '' : ` (of ${from})`;
    const pointer = from.startsWith('/') ? `${from}/path` : '';
    details.push({ pointer, value: JSON.stringify(path), message: `${path}${asker} cannot be written: ${reason}.` });
  }
  const [first, ...others] = details;
  if (!first) return;
  throw new StageFailure({
    code: 'files.impossible',
    message: others.length === 0 ? first.message : `${details.length} files cannot be written.`,
    hint: 'Choose another path.',
    details,
  });
}

/** Why the file cannot be written, or undefined when it is. */
async function writeOne(root: RootFs, { path, content, mode }: File): Promise<string | undefined> {
  try {
    const real = await root.resolve(path);
    const folder = mountedOver.find((one) => real.startsWith(`${root.path}${one}/`));
    if (folder) return `${folder} is empty when the system has booted`;
    await root.write(path, content, Number.parseInt(mode, 8));
    return undefined;
  } catch (error) {
    if (error instanceof RootPathError) return error.message;
    throw error;
  }
}
