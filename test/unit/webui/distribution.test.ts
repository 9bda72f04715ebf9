/** The page of a distribution: commands to copy, who can log in, and the review of an update. */

import { expect, it } from 'vitest';
import { loginsOf } from '../../../src/definition/logins.ts';
import type { LockChange } from '../../../src/model/lock.ts';
import { accounts, accountWords, glance } from '../../../src/webui/views/distribution/glance.ts';
import { commandLines } from '../../../src/webui/views/distribution/run-lines.ts';
import { changedGroups, inOrder, unreviewed, updateWords } from '../../../src/webui/views/distribution/updates.ts';

const image = {
  name: 'gw 1.raw',
  mediaType: 'application/octet-stream',
  disk: 'whole' as const,
  sparse: true,
};

it('gives commands that a shell takes as they are, for each form of an image', () => {
  const commands = (change: Partial<Parameters<typeof commandLines>[0]>) =>
    commandLines({ ...image, ...change }, 'x86_64').map(({ command }) => command);
  const [run, write] = commands({});
  expect(run).toContain("-drive 'file=gw 1.raw'");
  expect(run).toContain('-snapshot');
  expect(write).toBe("sudo dd of=/dev/sdX bs=4M conv=fsync status=progress if='gw 1.raw'");
  const [unpack, pipe] = commands({ name: 'gw.raw.zst', mediaType: 'application/zstd', sparse: false });
  expect(unpack).toMatch(/^zstd -d gw\.raw\.zst -o gw\.raw && qemu-system-x86_64 /);
  expect(pipe).toMatch(/^zstd -dc gw\.raw\.zst \| sudo dd /);
  expect(commands({ name: 'gw.qcow2', sparse: false })[1]).toBe('sudo qemu-img convert -n -O raw gw.qcow2 /dev/sdX');
  expect(commandLines({ ...image, disk: null }, 'x86_64')).toEqual([]);
  expect(commandLines(image, 'aarch64')[0]?.command).toContain('qemu-system-aarch64 -machine virt');
});

it('says who can log in: who has a password or a key', () => {
  const users = [
    { name: 'ops', sshKeys: ['ssh-ed25519 AAAA ops'], sudo: true },
    { name: 'root', passwordHash: '$y$j9T$x', sshKeys: [], sudo: false },
    { name: 'svc', sshKeys: [], sudo: false },
  ];
  expect(loginsOf(users).map(({ name }) => name)).toEqual(['ops', 'root']);
  expect(accounts({ system: { users } }).map(accountWords)).toEqual(['ops (SSH key, sudo)', 'root (password)']);
  expect(accounts({ name: 'gw' })).toEqual([]);
});

it('reads a definition at a glance, also one that is not valid', () => {
  const values = (definition: Record<string, unknown>) =>
    Object.fromEntries(glance(definition).map((row) => [row.title, row.values]));
  expect(values({ kernel: { version: '6.12' }, userland: { packages: ['curl'] } })).toMatchObject({
    ...{ Kernel: ['6.12'], Packages: ['curl'], Users: [], Formats: [] },
  });
  expect(values({ kernel: 7, userland: [], system: { users: 'x' }, image: null })).toMatchObject({ Packages: [] });
});

it('words an update by its number and its security updates, which come first', () => {
  const change = (name: string, security: boolean, group: LockChange['group'] = 'packages'): LockChange => ({
    ...{ group, name, from: '1', to: '2', security },
  });
  const changes = [change('a', false), change('b', true), change('linux', false, 'kernel')];
  expect(updateWords(changes)).toBe('3 updates, 1 security');
  expect(updateWords(changes.slice(0, 1))).toBe('1 update');
  expect(inOrder(changes).map(({ name }) => name)).toEqual(['b', 'a', 'linux']);
  expect(changedGroups(changes)).toEqual(['kernel', 'packages']);
  expect(unreviewed([...changes, change('c', false)], changes).map(({ name }) => name)).toEqual(['c']);
});
