/** `ldf verify-artifact`: what is as it was signed passes, and whatever else is named. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { signedEnvelope } from '../../../src/signatures/dsse.ts';
import { publicKeyFile, publicKeyWord, writeSignature } from '../../../src/signatures/minisign.ts';
import { provenanceOf, statementMediaType } from '../../../src/signatures/provenance.ts';
import { rawPublicKey, type Signer } from '../../../src/signatures/signer.ts';
import { resultOf } from '../../fixtures/cli-result.ts';
import { type TestTerminal, testTerminal } from './terminal.ts';

function newSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: rawPublicKey(publicKey), sign: (message) => sign(null, message, privateKey) };
}

const signer = newSigner();
const word = publicKeyWord(signer.publicKey);
const image = 'out/a.raw';
const content = Buffer.from('an image, of so many bytes');

let folder = '';
let terminal: TestTerminal;
const file = (path: string) => join(folder, path);
/** Without any server. */
const ldf = (...words: string[]) => run(words, terminal);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-artifact-'));
  await writeFile(file('factory.pub'), publicKeyFile(word));
  await writeFile(file('other.pub'), publicKeyFile(publicKeyWord(newSigner().publicKey)));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  terminal = testTerminal({ cwd: folder, env: {} });
  await rm(file('out'), { recursive: true, force: true });
  await mkdir(file('out'));
  const sha256 = createHash('sha256').update(content).digest('hex');
  const blake2b = createHash('blake2b512').update(content).digest();
  const at = new Date('2026-03-01T12:00:00Z');
  const statement = provenanceOf({
    artifacts: [{ name: 'a.raw', sha256, sizeBytes: content.length }],
    ...{ external: {}, internal: {}, materials: [] },
    ...{ installation: 'abc', version: '0.1.0', build: 'b1', startedAt: at, endedAt: at },
  });
  await writeFile(file(image), content);
  await writeFile(file(`${image}.minisig`), writeSignature(signer, blake2b, { file: 'a.raw', timestamp: 1 }));
  await writeFile(file('out/a.intoto.json'), JSON.stringify(signedEnvelope(signer, statementMediaType, statement)));
  await writeFile(file('out/SHA256SUMS'), `${sha256}  a.raw\n`);
});

const check = (...words: string[]) => ldf('verify-artifact', image, ...words);
const withKey = () => check('--key', 'factory.pub');
const edit = async (path: string, change: (text: string) => string) =>
  writeFile(file(path), change(await readFile(file(path), 'utf8')));

describe('a file as it was signed', () => {
  it('passes, by a key in a file or as a word', async () => {
    expect(await withKey()).toBe(0);
    expect(terminal.out()).toMatch(/^checksum +good .*\nsignature +good .*\nprovenance +good +build b1 by urn:/m);
    expect(await check('--key', word)).toBe(0);
  });

  it('is told as JSON', async () => {
    expect(await check('--key', 'factory.pub', '--json')).toBe(0);
    expect(resultOf(terminal.out())).toMatchObject({
      ...{ name: 'a.raw', sizeBytes: content.length },
      ...{ checksum: { state: 'good' }, signature: { state: 'good' }, provenance: { state: 'good' } },
    });
  });

  it('is compared with the sums alone where no key is given, which is told', async () => {
    expect(await check()).toBe(0);
    expect(terminal.out()).toMatch(/^signature +unproven/m);
    expect(terminal.err()).toContain('the signatures were not checked');
  });
});

describe('what is refused, and named', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['truncated', () => writeFile(file(image), content.subarray(0, 9)), 'it is truncated: 9 bytes of 26'],
    ['corrupt', () => edit(image, (text) => text.replace('image', 'imaGe')), 'it is corrupt: its sha256 is not'],
    [
      'with a damaged signature',
      () => edit(`${image}.minisig`, (text) => text.slice(0, 90)),
      'a.raw.minisig is no sig',
    ],
    ['without a signature', () => rm(file(`${image}.minisig`)), 'there is no a.raw.minisig beside it'],
    ['without a provenance', () => rm(file('out/a.intoto.json')), 'no *.intoto.json beside it names it'],
    ['with a damaged one', () => edit('out/a.intoto.json', (text) => text.slice(0, 90)), 'a.intoto.json is damaged'],
    ['with one whose payload was changed', forgeProvenance, 'a.intoto.json is not signed by the key'],
  ])('%s', async (_, damage, message) => {
    await damage();
    expect(await withKey()).toBe(1);
    expect(terminal.err()).toContain(message);
  });

  it('with another sum', async () => {
    await edit('out/SHA256SUMS', (text) => `${'0'.repeat(64)}${text.slice(64)}`);
    expect(await withKey()).toBe(1);
    expect(terminal.err()).toContain(`not ${'0'.repeat(64)} as in SHA256SUMS`);
  });

  it('of another key', async () => {
    expect(await check('--key', 'other.pub')).toBe(1);
    expect(terminal.err()).toMatch(/a\.intoto\.json is not signed by the key/);
  });

  it('under another name', async () => {
    for (const end of ['', '.minisig']) await rename(file(`${image}${end}`), file(`out/b.raw${end}`));
    expect(await ldf('verify-artifact', 'out/b.raw', '--key', 'factory.pub')).toBe(1);
    expect(terminal.out()).toContain('it was signed under the name "a.raw"');
  });

  it('with nothing beside it', async () => {
    for (const path of [`${image}.minisig`, 'out/a.intoto.json', 'out/SHA256SUMS']) await rm(file(path));
    expect(await check()).toBe(1);
    expect(terminal.err()).toContain('nothing beside it');
  });

  it('and what is no file, or no key', async () => {
    expect(await ldf('verify-artifact', 'out/nosuch')).toBe(2);
    expect(await ldf('verify-artifact', 'out')).toBe(2);
    expect(await check('--key', 'out/SHA256SUMS')).toBe(2);
    expect(await check('--key', 'nosuch')).toBe(2);
    expect(await check('--key', word, '--key-set', 'factory')).toBe(2);
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
