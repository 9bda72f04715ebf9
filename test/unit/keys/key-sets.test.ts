/** Key sets as files of the installation: made, taken in, judged, used and removed. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, X509Certificate } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../../src/keys/certificate.ts';
import { KeySets } from '../../../src/keys/key-sets.ts';
import { KeySetRequest } from '../../../src/model/key-set.ts';
import { publicKeyWord } from '../../../src/signatures/minisign.ts';
import { publicKeyObject } from '../../../src/signatures/signer.ts';

const day = 24 * 60 * 60 * 1000;
let now = new Date('2026-03-01T12:00:00Z');
let folder = '';
let keys: KeySets;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'ldf-keys-')), 'keys');
  now = new Date('2026-03-01T12:00:00Z');
  keys = new KeySets(folder, () => now);
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const create = (request: object) => keys.create(KeySetRequest.parse(request));

describe('a key set that is made', () => {
  it('is an RSA key of 2048 bits and a certificate of it, in files for their owner alone', async () => {
    const made = await create({ name: 'factory', days: 30 });
    expect(made.problem).toBeNull();
    const certificate = new X509Certificate(made.pem ?? '');
    expect(certificate.subject).toBe('CN=factory Secure Boot');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
    expect(made.certificate).toMatchObject({
      sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      validFrom: '2026-03-01T12:00:00.000Z',
      expiresAt: '2026-03-31T12:00:00.000Z',
    });
    const modes = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await modes(join(folder, 'factory'))).toBe('700');
    expect(await modes(join(folder, 'factory', 'private-key.pem'))).toBe('600');
    const privateKey = await keys.privateKey(made.certificate?.sha256 ?? '');
    expect(
      verify('sha256', Buffer.from('x'), certificate.publicKey, sign('sha256', Buffer.from('x'), privateKey)),
    ).toBe(true);
  });

  it('may outlast the year 2050, in which certificates write dates another way', async () => {
    const made = await create({ name: 'long', days: 36_500 });
    expect(made.certificate?.expiresAt.slice(0, 4)).toBe('2126');
  });

  it('does not take the place of another', async () => {
    const before = await create({ name: 'factory' });
    await expect(create({ name: 'factory' })).rejects.toMatchObject({ code: 'name.taken' });
    expect((await keys.find('factory'))?.pem).toBe(before.pem);
    expect(await readdir(folder)).toEqual(['factory']);
  });
});

describe('a key set that is taken in', () => {
  it('signs with the key that came', async () => {
    const imported = await makeKeyPair('mine', now, new Date(now.getTime() + day));
    const made = await create({ name: 'mine', imported });
    const kept = await keys.privateKey(made.certificate?.sha256 ?? '');
    expect(createPublicKey(kept).equals(createPublicKey(imported.privateKey))).toBe(true);
  });

  it('is refused with every problem, none of which holds the key', async () => {
    const old = await makeKeyPair('old', new Date(now.getTime() - 2 * day), new Date(now.getTime() - day));
    const other = await makeKeyPair('other', now, new Date(now.getTime() + day));
    const locked = createPrivateKey(other.privateKey).export({
      ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
    } as const);
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const refusal = async (certificate: string, privateKey: string) => {
      const error = await create({ name: 'mine', imported: { certificate, privateKey } }).catch((caught) => caught);
      expect(error).toMatchObject({ code: 'request.invalid' });
      expect(JSON.stringify(error.details)).not.toContain(privateKey.slice(40, 80));
      return error.details.map(({ pointer, message }: { pointer: string; message: string }) => [pointer, message]);
    };
    expect(await refusal(old.certificate, String(locked))).toEqual([
      ['/imported/certificate', 'expired on 2026-02-28'],
      ['/imported/privateKey', 'is no private key in PEM that can be read without a passphrase'],
    ]);
    expect(await refusal('certificate', other.privateKey)).toEqual([
      ['/imported/certificate', 'is no certificate in PEM'],
    ]);
    expect(await refusal(other.certificate, old.privateKey)).toEqual([
      ['/imported/privateKey', 'is not the key of the certificate'],
    ]);
    const smallKey = String(small.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(await refusal(other.certificate, smallKey)).toEqual([
      ['/imported/privateKey', 'is no RSA key of 2048 to 4096 bits'],
    ]);
    expect(await keys.list()).toEqual([]);
  });
});

describe('what keeps a key set from signing', () => {
  const problem = async () => (await keys.find('factory'))?.problem?.message;

  it('is told, and the key is not given out', async () => {
    const { certificate } = await create({ name: 'factory', days: 10 });
    const file = (name: string) => join(folder, 'factory', name);
    await chmod(file('private-key.pem'), 0o640);
    expect(await problem()).toBe('has a private key that others may read');
    await expect(keys.privateKey(certificate?.sha256 ?? '')).rejects.toMatchObject({ code: 'state.conflict' });
    await chmod(file('private-key.pem'), 0o600);
    const other = await makeKeyPair('other', now, new Date(now.getTime() + day));
    await writeFile(file('private-key.pem'), other.privateKey);
    expect(await problem()).toBe('has a private key that is not the one of its certificate');
    await writeFile(file('private-key.pem'), 'nothing');
    expect(await problem()).toBe('has a private key that cannot be read');
    await rm(file('private-key.pem'));
    expect(await problem()).toBe('has no private key here');
    now = new Date(now.getTime() + 11 * day);
    expect(await problem()).toBe('has a certificate that expired on 2026-03-11');
    await writeFile(file('certificate.pem'), 'nothing');
    expect(await problem()).toBe('has no certificate that can be read');
  });

  it('is not what else lies in the folder', async () => {
    await mkdir(join(folder, '.new-1'), { recursive: true });
    await mkdir(join(folder, 'No Name'));
    expect(await keys.list()).toEqual([]);
  });
});

it('is removed with its private key', async () => {
  const { certificate } = await create({ name: 'factory' });
  await keys.remove('factory');
  expect(await readdir(folder)).toEqual([]);
  await expect(keys.remove('factory')).rejects.toMatchObject({ code: 'not-found' });
  await expect(keys.privateKey(certificate?.sha256 ?? '')).rejects.toThrow(/it was deleted/);
  await expect(readFile(join(folder, 'factory', 'private-key.pem'))).rejects.toThrow();
});

describe('the key for artifacts', () => {
  const path = () => join(folder, 'factory', 'artifact-key.pem');
  const problemOf = async () => (await keys.find('factory'))?.artifactProblem;

  it('is made with the set, in a file for its owner alone, and signs without being told', async () => {
    const made = await create({ name: 'factory' });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(made).toMatchObject({ artifactProblem: null, artifactKey: { id: expect.stringMatching(/^[0-9A-F]{16}$/) } });
    const signer = await keys.artifactSigner('factory');
    const signature = signer.sign(Buffer.from('x'));
    expect(verify(null, Buffer.from('x'), publicKeyObject(signer.publicKey), signature)).toBe(true);
    expect(publicKeyWord(signer.publicKey)).toBe(made.artifactKey?.publicKey);
    expect(JSON.stringify(await keys.list())).not.toContain((await readFile(path(), 'utf8')).split('\n')[1]);
  });

  it('may be taken in; another kind of key is refused', async () => {
    const pem = (type: 'ed25519' | 'x25519') =>
      String(generateKeyPairSync(type as 'ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const pair = await makeKeyPair('mine', now, new Date(now.getTime() + day));
    const artifactKey = pem('ed25519');
    await create({ name: 'factory', imported: { ...pair, artifactKey } });
    expect(await readFile(path(), 'utf8')).toBe(artifactKey);
    await expect(create({ name: 'b', imported: { ...pair, artifactKey: pem('x25519') } })).rejects.toMatchObject({
      code: 'request.invalid',
      details: [{ pointer: '/imported/artifactKey', message: expect.stringContaining('no Ed25519 key') }],
    });
  });

  it('is added to a set of an earlier version, once', async () => {
    await create({ name: 'factory' });
    await rm(path());
    expect(await problemOf()).toEqual({
      message: 'has no key for artifacts here',
      hint: 'Add one to it: ldf keys add-artifact-key factory',
    });
    expect((await keys.find('factory'))?.problem).toBeNull();
    await expect(keys.artifactSigner('factory')).rejects.toMatchObject({ code: 'state.conflict' });
    expect((await keys.addArtifactKey('factory')).artifactProblem).toBeNull();
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    await expect(keys.addArtifactKey('factory')).rejects.toMatchObject({ code: 'state.conflict' });
    await expect(keys.addArtifactKey('nosuch')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is not used where others may read it, where it is none, and where the certificate has expired', async () => {
    await create({ name: 'factory', days: 10 });
    await chmod(path(), 0o640);
    expect((await problemOf())?.message).toBe('has a key for artifacts that others may read');
    await chmod(path(), 0o600);
    await writeFile(path(), 'nothing');
    expect((await problemOf())?.message).toBe('has a key for artifacts that cannot be read');
    now = new Date(now.getTime() + 11 * day);
    expect((await problemOf())?.message).toBe('has a certificate that expired on 2026-03-11');
    await expect(keys.artifactSigner('nosuch')).rejects.toThrow(/nosuch was deleted/);
  });
});
