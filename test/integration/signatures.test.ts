/** What LDF signs, in the hands of minisign itself: small files and such as are hashed by another program. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLocalArtifactStore } from '../../src/artifacts/local-artifact-store.ts';
import { KeySets } from '../../src/keys/key-sets.ts';
import { KeySetRequest } from '../../src/model/key-set.ts';
import { publicKeyFile, writeSignature } from '../../src/signatures/minisign.ts';
import type { Signer } from '../../src/signatures/signer.ts';

let folder = '';
let signer: Signer;
const minisign = (...args: string[]) => execa('minisign', args, { cwd: folder, reject: false });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-minisign-'));
  const keys = new KeySets(join(folder, 'keys'));
  const { artifactKey } = await keys.create(KeySetRequest.parse({ name: 'factory' }));
  signer = await keys.artifactSigner('factory');
  await writeFile(join(folder, 'factory.pub'), publicKeyFile(artifactKey?.publicKey ?? ''));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['empty', 0],
  ['small', 1000],
  ['large', (16 << 20) + 1],
])('minisign takes the signature of a file that is %s', async (name, sizeBytes) => {
  const content = Buffer.alloc(sizeBytes, 'LDF');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const artifacts = await openLocalArtifactStore(join(folder, 'artifacts'));
  const staged = join(await artifacts.staging('b'), name);
  for (const path of [staged, join(folder, name)]) await writeFile(path, content);
  await artifacts.adopt(staged, sha256);
  const signature = writeSignature(signer, await artifacts.blake2b(sha256), { file: name, timestamp: 1_700_000_000 });
  await writeFile(join(folder, `${name}.minisig`), signature);

  expect(await minisign('-Vm', name, '-p', 'factory.pub')).toMatchObject({
    exitCode: 0,
    stdout: `Signature and comment signature verified\nTrusted comment: timestamp:1700000000\tfile:${name}\thashed`,
  });
  await writeFile(join(folder, name), Buffer.concat([content, Buffer.from('x')]));
  expect(await minisign('-Vm', name, '-p', 'factory.pub')).toMatchObject({ exitCode: 1 });
});
