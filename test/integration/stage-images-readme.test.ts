import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('stage-images/README.md shows how a stage runs alone', async () => {
  const readme = await readFile(join(root, 'stage-images/README.md'), 'utf8');
  const [, commands = ''] = /^```sh\n(.*?)^```/ms.exec(readme) ?? [];
  const { stdout } = await execa('bash', ['-euo', 'pipefail', '-c', commands], { cwd: root });
  expect(stdout).toMatch(/^::ldf \{"progress":1,/m);
  expect(JSON.parse(stdout.slice(stdout.indexOf('\n{\n')))).toMatchObject({ ok: true, data: { fetched: 0 } });
});
