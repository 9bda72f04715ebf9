/** What chosen packages come to, as far as a lock says. */
import { describe, expect, it } from 'vitest';
import type { Lock } from '../../../src/stages/lock.ts';
import {
  chosenPackages,
  hasInstalledSizes,
  installedWords,
  pulledIn,
} from '../../../src/webui/views/distribution-form/packages/installed.ts';

const source = (name: string, sizeBytes: number) => ({
  ...{ url: `http://mirror.example/${name}.deb`, filename: `${name}.deb`, sha256: '0'.repeat(64) },
  ...{ name, version: '1.0-1', arch: 'amd64', sizeBytes },
});
const lock: Lock = {
  version: 1,
  arch: 'x86_64',
  packages: {
    ...{ wishesSha256: '0'.repeat(64), sourceDate: 1, aptSources: [] },
    packages: [source('libc6', 3 << 20), source('curl', 1 << 20), source('base-files', 1 << 20)],
  },
};

describe('packages of a definition', () => {
  it('have version and size where the lock has them, however they are written', () => {
    const chosen = chosenPackages(['curl=1.0-1', 'nginx', 'vim-', 'no package'], lock);
    expect(chosen.map(({ found }) => found?.version)).toEqual(['1.0-1', undefined, undefined, undefined]);
    expect(chosen[2]?.leaveOut).toBe(true);
    expect(pulledIn(chosen, lock).map(({ name }) => name)).toEqual(['base-files', 'libc6']);
  });

  it('are counted and weighed, and what is not known is said', () => {
    const chosen = chosenPackages(['curl', 'vim-'], lock);
    expect(installedWords(chosen, lock, true)).toBe('1 chosen → 3 installed, 5.0 MiB to download');
    expect(installedWords(chosen, lock, false)).toBe('1 chosen; 3 packages, 5.0 MiB to download, before your changes');
    const packages = (lock.packages?.packages ?? []).map((one) => ({ ...one, installedBytes: 4 * one.sizeBytes }));
    const sized: Lock = { ...lock, ...(lock.packages && { packages: { ...lock.packages, packages } }) };
    expect(installedWords(chosenPackages(['curl'], sized), sized, true)).toBe(
      '1 chosen → 3 installed, 20.0 MiB (5.0 MiB to download)',
    );
    expect([hasInstalledSizes(lock), hasInstalledSizes(sized)]).toEqual([false, true]);
    expect(installedWords(chosen, undefined, false)).toBe('1 chosen; dependencies and sizes are not resolved yet');
  });
});
