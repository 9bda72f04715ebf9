import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { PlacedTree } from '../../file-tree/placed-tree.ts';
import { roomOf } from '../../layouts/disk/room.ts';
import { MiB } from '../../units.ts';
import { swap } from './swap.ts';

const runs = vi.hoisted((): string[][] => []);
/** In place of mkswap(8): writes what it was called with into the first page. */
vi.mock('../../../stage-images/contract/tool.ts', () => ({
  runTool: async (tool: string, args: readonly string[]) => {
    runs.push([tool, ...args]);
    const { open } = await import('node:fs/promises');
    const file = await open(args.at(-1) ?? '', 'r+');
    await file.write('SWAPSPACE2', 4086).finally(() => file.close());
    return 0;
  },
}));

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'ldf-swap-'));
});
afterAll(() => rm(work, { recursive: true }));

test('it takes the room that is asked for, and its first page goes to its place', async () => {
  const facts = { label: 'swap', key: 'ab'.repeat(32), sourceDate: 0, work };
  const none = new PlacedTree([], join(work, 'none'), 0);
  const made = swap.make({});
  expect(await made.size(none, roomOf('swap').least, facts)).toBeLessThan(2 * MiB);
  const disk = join(work, 'disk');
  await writeFile(disk, '');
  await truncate(disk, 4 * MiB);
  await made.fill({ disk, startBytes: MiB, sizeBytes: 2 * MiB }, none, facts);
  const written = await readFile(disk);
  expect(written).toHaveLength(4 * MiB);
  expect(written.toString('latin1', MiB + 4086, MiB + 4096)).toBe('SWAPSPACE2');
  expect(written.subarray(0, MiB).every((byte) => byte === 0)).toBe(true);
  const [tool, ...args] = runs[0] ?? [];
  expect([tool, args.slice(0, 5)]).toEqual(['mkswap', ['--quiet', '--pagesize', '4096', '--label', 'swap']]);
  expect(args[6]).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
});

test('it holds no files', async () => {
  const facts = { label: 'swap', key: 'ab'.repeat(32), sourceDate: 0, work };
  const tree = new PlacedTree([{ path: 'x', content: '' }], join(work, 'one'), 0);
  const region = { disk: join(work, 'disk'), startBytes: MiB, sizeBytes: MiB };
  await expect(swap.make({}).fill(region, tree, facts)).rejects.toThrow('no files');
});
