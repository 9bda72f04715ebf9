/** Labels by the table of a policy; matchpathcon(8), which the machine that tests need not have, is a stand-in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FileTree } from '../../file-tree/file-tree.ts';
import { PlacedTree } from '../../file-tree/placed-tree.ts';
import type { NamedFile } from '../labels.ts';
import { batches, selinux } from './selinux.ts';

const { told } = vi.hoisted(() => ({ told: [] as string[][] }));

vi.mock('../../../stage-images/contract/tool.ts', async (original) => {
  const real = await original<typeof import('../../../stage-images/contract/tool.ts')>();
  const readTool: typeof real.readTool = async (tool, args, options) => {
    if (tool !== 'matchpathcon') return real.readTool(tool, args, options);
    told.push([...args]);
    const [, type = '', paths] = [args[3], args[5], args.slice(6)];
    return paths
      .map((path) => (path === '/proc' ? '<<none>>' : path === '/gone' ? '<<none>>' : `${type}:${path}`))
      .join('\n');
  };
  return { ...real, readTool };
});

const table = 'etc/selinux/default/contexts/files/file_contexts';
let folder = '';
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-labels-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  told.length = 0;
});

function treeOf(paths: readonly string[]): FileTree {
  count += 1;
  return new PlacedTree(
    paths.map((path) => ({ path, content: path })),
    join(folder, String(count)),
    0,
  );
}
const open = (tree: FileTree, params = {}) => selinux.make(params).open(tree, join(folder, `work-${count}`));

describe('labels', () => {
  test('are looked up in the table of the policy, by path and kind', async () => {
    const labeller = await open(treeOf([table, `${table}.homedirs`, 'etc/passwd']));
    expect(labeller.attribute).toBe('security.selinux');
    const labels = await labeller.labelsOf([
      { path: '/', kind: 'folder' },
      { path: '/etc/passwd', kind: 'file' },
      { path: '/bin', kind: 'symlink' },
      { path: '/etc', kind: 'folder' },
    ]);
    expect(labels.map(String)).toEqual(['dir:/\0', 'file:/etc/passwd\0', 'lnk_file:/bin\0', 'dir:/etc\0']);
    const tables = told.map((args) => args[3]);
    expect(new Set(tables)).toEqual(new Set([join(folder, `work-${count}`, table)]));
  });

  test('are those of another policy where one is asked for', async () => {
    const other = table.replace('default', 'mls');
    await expect(open(treeOf([other]), { policy: 'mls' })).resolves.toMatchObject({ attribute: 'security.selinux' });
  });

  test('are none where the policy gives none, but for where the kernel mounts its own', async () => {
    const labeller = await open(treeOf([table]));
    const labels = await labeller.labelsOf([
      { path: '/gone', kind: 'file' },
      { path: '/proc', kind: 'folder' },
      { path: '/other', kind: 'hardlink' },
    ]);
    expect(labels.map((label) => label?.toString())).toEqual([undefined, 'system_u:object_r:proc_t:s0\0', undefined]);
    expect(told.flat()).not.toContain('/other');
  });

  test('are refused where no package brought the policy', async () => {
    await expect(open(treeOf(['etc/passwd', `${table}.homedirs`]))).rejects.toMatchObject({
      fault: 'user',
      error: { code: 'labels.missing', hint: expect.stringContaining('selinux-policy-default') },
    });
  });
});

test('paths go to one run each kind, and to more where they are too many for one', () => {
  const files: NamedFile[] = Array.from({ length: 5000 }, (_, index) => ({
    path: `/${String(index).padStart(200, '0')}`,
    kind: index % 5 === 0 ? 'folder' : 'file',
  }));
  const runs = batches(files);
  expect(runs.map(({ type, batch }) => `${type} ${batch.length}`)).toEqual(['dir 1000', 'file 2595', 'file 1405']);
  expect(runs.flatMap(({ batch }) => batch)).toHaveLength(5000);
});
