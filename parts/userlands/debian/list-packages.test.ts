import { expect, test } from 'vitest';
import { PackageReader } from './list-packages.ts';

test('of each package its name, version and summary are kept, by name', () => {
  const reader = new PackageReader();
  const index = `Package: zsh
Version: 5.9-8
Description: shell with lots of features
 More about it.
Description-md5: d41d8cd98f00b204e9800998ecf8427e

Package: bash
Priority: required
Version: 5.2.37-2
Provides: shell, login-shell (= 1)
Description-en: GNU Bourne Again SHell

Package: nameless-summary
Version: 1:2.0`;
  for (const line of index.split('\n')) reader.read(line);
  expect(reader.end()).toEqual([
    { name: 'bash', version: '5.2.37-2', summary: 'GNU Bourne Again SHell', provides: ['shell', 'login-shell'] },
    { name: 'nameless-summary', version: '1:2.0', summary: '' },
    { name: 'zsh', version: '5.9-8', summary: 'shell with lots of features' },
  ]);
});
