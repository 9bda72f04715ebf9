/** The file that is given up on a full disk. A real full disk is in test/integration/full-disk.test.ts. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { presentable } from '../../../src/api/problem.ts';
import { isDiskFull } from '../../../src/disk-full.ts';
import { toFailure } from '../../../src/engine/core/failure.ts';
import { SpareFile } from '../../../src/engine/core/spare-file.ts';

const sizeBytes = 64 << 10;
const logger = pino({ level: 'silent' });
let folder: string;
let spare: SpareFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-spare-'));
  spare = new SpareFile(folder, sizeBytes);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const full = () => Object.assign(new Error('write failed'), { code: 'ENOSPC' });

it('takes up space, for its owner alone, and is given up only on a full disk', async () => {
  await spare.restore(logger);
  const { size, blocks, mode } = await stat(join(folder, 'spare'));
  expect([size, blocks * 512 >= sizeBytes, mode & 0o077]).toEqual([sizeBytes, true, 0]);
  await spare.giveUpIfFull();
  expect(await spare.without(async () => readdir(folder), logger)).toEqual(['spare']);
  // More than any disk has.
  await new SpareFile(folder, 2 ** 60).giveUpIfFull();
  expect(await readdir(folder)).toEqual([]);
});

it('is given up where a write fails, which is then done again, and made anew', async () => {
  await spare.restore(logger);
  let calls = 0;
  const found = await spare.without(async () => {
    if (++calls === 1) throw full();
    return readdir(folder);
  }, logger);
  expect(found).toEqual([]);
  expect(await readdir(folder)).toEqual(['spare']);
});

it('does not hide a disk that stays full, nor any other failure', async () => {
  await spare.restore(logger);
  await expect(spare.without(() => Promise.reject(full()), logger)).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(spare.without(() => Promise.reject(new Error('other')), logger)).rejects.toThrow('other');
});

it('a full disk is known by whatever says so, and told as storage.full', () => {
  const quota = Object.assign(new Error('x'), { code: 'EDQUOT' });
  const database = new Error('Database error. Code: `13`. Message: `SQLITE_FULL: database or disk is full`');
  for (const error of [full(), quota, database, new Error('outer', { cause: full() })]) {
    expect(isDiskFull(error)).toBe(true);
    expect(presentable(error, logger)).toMatchObject({ code: 'storage.full' });
    expect(toFailure(error, 'compile')).toMatchObject({ code: 'storage.full', stage: 'compile' });
  }
  expect(isDiskFull(new Error('disk I/O error'))).toBe(false);
  expect(isDiskFull('ENOSPC')).toBe(false);
});
