/** A tree's archive as files, for makers that copy files. */
import { mkdir } from 'node:fs/promises';
import { runTool } from '../../stage-images/contract/tool.ts';
import { type FileTree, isDevice } from './file-tree.ts';

/**
 * Unpacks folders, files and links into the folder `target`, which is made. Contents are right in it; owners, devices and
 * extended attributes are not there, for no container of this stage may set them.
 */
export async function unpackTree(tree: Pick<FileTree, 'archive' | 'entries'>, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const devices = (await tree.entries()).filter(isDevice).map(({ path }) => `--exclude=${path}`);
  await runTool('tar', [
    ...['--extract', `--file=${await tree.archive()}`, `--directory=${target}`],
    ...['--no-same-owner', '--no-same-permissions', '--delay-directory-restore'],
    ...['--anchored', '--no-wildcards', ...devices],
  ]);
}
