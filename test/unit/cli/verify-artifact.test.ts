/** `ldf verify-artifact`: what is as it was signed passes, and whatever else is named. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeySets } from '../../../src/keys/key-sets.ts';
import { writeEnvelope } from '../../../src/signatures/dsse.ts';
import { writeSignature } from '../../../src/signatures/minisign.ts';
import { provenanceOf, statementMediaType } from '../../../src/signatures/provenance.ts';
import { resultOf } from '../../fixtures/cli-result.ts';
import { CliWorld } from './cli-world.ts';

let world: CliWorld;
let keys: KeySets;
const image = 'out/a.raw';
const content = Buffer.from('an image, of so many bytes');

beforeAll(async () => {
  world = await CliWorld.open({ idle: true });
  for (const name of ['factory', 'other']) expect(await world.ldf('keys', 'create', name)).toBe(0);
  for (const name of ['factory', 'other']) {
    world.freshTerminal();
    expect(await world.ldf('keys', 'export-key', name)).toBe(0);
    await writeFile(world.file(`${name}.pub`), world.terminal.out());
  }
  keys = world.api.world.dependencies.keys as KeySets;
});
afterAll(() => world.close());

beforeEach(async () => {
  world.freshTerminal();
  await rm(world.file('out'), { recursive: true, force: true });
  await mkdir(world.file('out'));
  const signer = await keys.artifactSigner('factory');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const blake2b = createHash('blake2b512').update(content).digest();
  const at = new Date('2026-03-01T12:00:00Z');
  const statement = provenanceOf({
    artifacts: [{ name: 'a.raw', sha256, sizeBytes: content.length }],
    ...{ external: {}, internal: {}, materials: [] },
    ...{ installation: 'abc', version: '0.1.0', build: 'b1', startedAt: at, endedAt: at },
  });
  await writeFile(world.file(image), content);
  await writeFile(world.file(`${image}.minisig`), writeSignature(signer, blake2b, { file: 'a.raw', timestamp: 1 }));
  await writeFile(world.file('out/a.intoto.json'), writeEnvelope(signer, statementMediaType, statement));
  await writeFile(world.file('out/SHA256SUMS'), `${sha256}  a.raw\n`);
});

const check = (...words: string[]) => world.ldf('verify-artifact', image, ...words);
const withKey = () => check('--key', 'factory.pub');
const edit = async (path: string, change: (text: string) => string) =>
  writeFile(world.file(path), change(await readFile(world.file(path), 'utf8')));

describe('a file as it was signed', () => {
  it('passes, by a key in a file, as a word, or of a server', async () => {
    expect(await withKey()).toBe(0);
    expect(world.terminal.out()).toMatch(/^checksum +good .*\nsignature +good .*\nprovenance +good +build b1 by urn:/m);
    const word = (await readFile(world.file('factory.pub'), 'utf8')).split('\n')[1] ?? '';
    expect(await check('--key', word)).toBe(0);
    expect(await check('--key-set', 'factory')).toBe(0);
  });

  it('is told as JSON', async () => {
    expect(await check('--key', 'factory.pub', '--json')).toBe(0);
    expect(resultOf(world.terminal.out())).toMatchObject({
      ...{ name: 'a.raw', sizeBytes: content.length },
      ...{ checksum: { state: 'good' }, signature: { state: 'good' }, provenance: { state: 'good' } },
    });
  });

  it('is compared with the sums alone where no key is given, which is told', async () => {
    expect(await check()).toBe(0);
    expect(world.terminal.out()).toMatch(/^signature +unproven/m);
    expect(world.terminal.err()).toContain('the signatures were not checked');
  });
});

describe('what is refused, and named', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['truncated', () => writeFile(world.file(image), content.subarray(0, 9)), 'it is truncated: 9 bytes of 26'],
    ['corrupt', () => edit(image, (text) => text.replace('image', 'imaGe')), 'it is corrupt: its sha256 is not'],
    [
      'with a damaged signature',
      () => edit(`${image}.minisig`, (text) => text.slice(0, 90)),
      'a.raw.minisig is no sig',
    ],
    ['without a signature', () => rm(world.file(`${image}.minisig`)), 'there is no a.raw.minisig beside it'],
    ['without a provenance', () => rm(world.file('out/a.intoto.json')), 'no *.intoto.json beside it names it'],
    ['with a damaged one', () => edit('out/a.intoto.json', (text) => text.slice(0, 90)), 'a.intoto.json is damaged'],
    ['with one whose payload was changed', forgeProvenance, 'a.intoto.json is not signed by the key'],
  ])('%s', async (_, damage, message) => {
    await damage();
    expect(await withKey()).toBe(1);
    expect(world.terminal.err()).toContain(message);
  });

  it('with another sum', async () => {
    await edit('out/SHA256SUMS', (text) => `${'0'.repeat(64)}${text.slice(64)}`);
    expect(await withKey()).toBe(1);
    expect(world.terminal.err()).toContain(`not ${'0'.repeat(64)} as in SHA256SUMS`);
  });

  it('of another key', async () => {
    expect(await check('--key', 'other.pub')).toBe(1);
    expect(world.terminal.err()).toMatch(/a\.intoto\.json is not signed by the key/);
  });

  it('under another name', async () => {
    for (const end of ['', '.minisig']) await rename(world.file(`${image}${end}`), world.file(`out/b.raw${end}`));
    expect(await world.ldf('verify-artifact', 'out/b.raw', '--key', 'factory.pub')).toBe(1);
    expect(world.terminal.out()).toContain('it was signed under the name "a.raw"');
  });

  it('with nothing beside it', async () => {
    for (const file of [`${image}.minisig`, 'out/a.intoto.json', 'out/SHA256SUMS']) await rm(world.file(file));
    expect(await check()).toBe(1);
    expect(world.terminal.err()).toContain('nothing beside it');
  });

  it('and what is no file, or no key', async () => {
    expect(await world.ldf('verify-artifact', 'out/nosuch')).toBe(2);
    expect(await world.ldf('verify-artifact', 'out')).toBe(2);
    expect(await check('--key', 'out/SHA256SUMS')).toBe(2);
    expect(await check('--key', 'nosuch')).toBe(2);
    expect(await check('--key-set', 'nosuch')).toBe(2);
  });
});

/** As somebody would who has another file to pass for this one. */
async function forgeProvenance(): Promise<void> {
  await edit('out/a.intoto.json', (text) => {
    const envelope = JSON.parse(text);
    const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
    statement.predicate.runDetails.metadata.invocationId = 'b2';
    return JSON.stringify({ ...envelope, payload: Buffer.from(JSON.stringify(statement)).toString('base64') });
  });
}
