import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Lock } from '../../../src/stages/lock.ts';
import { locked } from '../../../src/stages/locked.ts';
import { LockedPackage } from '../../../src/stages/locked-package.ts';

const wishes = 'a'.repeat(64);
const source = {
  ...{ name: 'linux-source-6.12', version: '6.12.57-1', arch: 'all', filename: 'linux-source-6.12_6.12.57-1_all.deb' },
  ...{ url: 'http://mirror.example/debian/pool/l/linux.deb', sha256: 'b'.repeat(64), sizeBytes: 1 },
};
const rest = { sourceDate: 1_700_000_000, version: '6.12.57', sources: [source] };
const lock = (kernel: object) => ({ version: 1, arch: 'x86_64', kernel });

describe('a lock that was written before', () => {
  it('is read on: what it called `of` is the hash of the wishes', () => {
    expect(Lock.parse(lock({ of: wishes, ...rest }))).toEqual(Lock.parse(lock({ wishesSha256: wishes, ...rest })));
  });

  it.each([
    ['both names', { of: wishes, wishesSha256: wishes, ...rest }],
    ['no name', rest],
    ['no hash', { of: 'no hash', ...rest }],
    ['no group', { of: [] }],
  ])('is refused with %s', (_, kernel) => {
    expect(Lock.safeParse(lock(kernel)).success).toBe(false);
  });
});

it('gives stages the same package whether it says what that takes when it is installed or not', () => {
  const older = Lock.parse(lock({ wishesSha256: wishes, ...rest }));
  const sized = Lock.parse(lock({ wishesSha256: wishes, ...rest, sources: [{ ...source, installedBytes: 4096 }] }));
  const packages = [older, sized].flatMap(({ kernel }) => kernel?.sources.map(locked) ?? []);
  expect(packages[0]).toEqual(packages[1]);
  expect(packages.map((one) => LockedPackage.safeParse(one).success)).toEqual([true, true]);
});

it('is documented by its present names alone', () => {
  const schema = JSON.stringify(z.toJSONSchema(Lock, { io: 'input' }));
  expect(schema).toContain('"wishesSha256"');
  expect(schema).not.toContain('"of"');
});
