import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runTool } from '../../stage-images/contract/tool.ts';
import { joinArchives } from '../../stage-images/image-packager/root-tree.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-tree-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('archives are joined without the end marks between them', async () => {
  const [first, last] = [join(folder, 'a'), join(folder, 'b')];
  await writeFile(first, Buffer.concat([Buffer.alloc(1024, 'a'), Buffer.alloc(1024)]));
  await writeFile(last, Buffer.concat([Buffer.alloc(1024, 'b'), Buffer.alloc(1024)]));
  await joinArchives([{ path: first, endBytes: 1024 }], last, join(folder, 'joined'));
  const joined = await readFile(join(folder, 'joined'));
  expect(joined).toEqual(Buffer.concat([Buffer.alloc(1024, 'a'), Buffer.alloc(1024, 'b'), Buffer.alloc(1024)]));
});

test('an archive that is gone is named', async () => {
  const missing = join(folder, 'missing');
  await expect(joinArchives([], missing, join(folder, 'none'))).rejects.toThrow(/dd exited with 1\n.*missing/);
});

test('a tool that ends well on half of its input has not ended well', async () => {
  const missing = createReadStream(join(folder, 'missing'));
  const run = runTool('cat', [], { stdin: missing, onLine: () => undefined });
  await expect(run).rejects.toThrow(/cat did not get all of its input: ENOENT/);
});

test('a tool that fails before it has read its input is told of by its own last lines', async () => {
  async function* endless() {
    for (;;) yield Buffer.alloc(1 << 16);
  }
  const run = runTool('sh', ['-c', 'echo no space >&2; exit 3'], {
    stdin: Readable.from(endless(), { objectMode: false }),
    onLine: () => undefined,
  });
  await expect(run).rejects.toThrow(/sh exited with 3\nno space/);
});
