import { expect, test } from 'vitest';
import type { Entry } from '../../file-tree/file-tree.ts';
import { attributeCommands } from './attributes.ts';

function entry(path: string, xattrs: Record<string, string>, kind: Entry['kind'] = 'file'): Entry {
  const values = new Map(Object.entries(xattrs).map(([name, value]) => [name, Buffer.from(value)]));
  return { path, kind, uid: 0, gid: 0, mode: 0o644, sizeBytes: 0, mtime: 0, link: '', xattrs: values };
}
const commands = (...entries: Entry[]) => attributeCommands(entries, (value) => `/v/${value}`);

test('attributes that mke2fs passes over are commands, of the last entry of each path', () => {
  expect(
    commands(
      entry('etc/', { 'security.selinux': 'early' }, 'folder'),
      entry('./', { 'security.selinux': 'root' }, 'folder'),
      entry('./etc/', { 'security.selinux': 'etc' }, 'folder'),
      entry('./a "b"', { 'security.capability': 'c', 'user.x': 'x' }),
      entry('./other', { 'user.x': 'x' }, 'hardlink'),
    ),
  ).toEqual([
    'ea_set -f /v/etc "/etc" security.selinux',
    'ea_set -f /v/root "/" security.selinux',
    'ea_set -f /v/x "/a ""b""" user.x',
  ]);
});

test('a name of several lines cannot have one', () => {
  expect(() => commands(entry('./a\nb', { 'user.x': 'x' }))).toThrow(/a\\nb has an extended attribute/);
  expect(commands(entry('./a\nb', {}))).toEqual([]);
});
