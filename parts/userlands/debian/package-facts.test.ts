/** Licences and dependencies of installed packages, out of a root with their copyright files and of their control paragraphs. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RootFs } from '../../root-fs/root-fs.ts';
import type { Deb } from './debs.ts';
import { packageFacts } from './package-facts.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-package-facts-'));
});
afterAll(() => rm(folder, { recursive: true }));

function deb(name: string, fields: Record<string, string> = {}): Deb {
  const source = {
    name,
    version: '1:2-3',
    arch: 'amd64',
    filename: `${name}.deb`,
    sha256: 'a'.repeat(64),
    sizeBytes: 1,
  };
  return { source, path: `/ldf-packages/${name}.deb`, control: new Map(Object.entries({ package: name, ...fields })) };
}

it('are read from where packages have them, whatever leads there', async () => {
  const docs = join(folder, 'usr/share/doc');
  await mkdir(join(docs, 'liba'), { recursive: true });
  const format = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/';
  await writeFile(join(docs, 'liba/copyright'), `${format}\n\nFiles: *\nCopyright: somebody\nLicense: Expat\n`);
  await symlink('liba', join(docs, 'tool'));
  await mkdir(join(docs, 'old'));
  await writeFile(join(docs, 'old/copyright'), 'It is free.\n');

  const facts = await packageFacts(new RootFs(folder, 0, () => undefined), [
    deb('tool', { depends: 'liba (>= 1), mail-transport-agent | b, missing', 'pre-depends': 'old' }),
    deb('liba', { depends: 'tool (= 1:2-3)' }),
    deb('old', { provides: 'mail-transport-agent (= 2), tool' }),
  ]);
  expect(facts).toEqual([
    { name: 'tool', version: '1:2-3', arch: 'amd64', license: 'MIT', dependsOn: ['liba', 'old'] },
    { name: 'liba', version: '1:2-3', arch: 'amd64', license: 'MIT', dependsOn: ['tool'] },
    { name: 'old', version: '1:2-3', arch: 'amd64', license: null, dependsOn: [] },
  ]);
});
