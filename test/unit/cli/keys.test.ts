/** `ldf keys`: key sets from their making to their end, and no private key on a terminal. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../../src/keys/certificate.ts';
import { readPublicKey } from '../../../src/signatures/minisign.ts';
import { rawPublicKey } from '../../../src/signatures/signer.ts';
import { resultOf } from '../../fixtures/cli-result.ts';
import { CliWorld } from './cli-world.ts';

let world: CliWorld;
beforeAll(async () => {
  world = await CliWorld.open({ idle: true });
});
beforeEach(() => world.freshTerminal());
afterAll(() => world.close());

describe('ldf keys', () => {
  it('makes one, lists it, prints its certificate, and deletes it', async () => {
    expect(await world.ldf('keys', 'create', 'factory', '--days', '30')).toBe(0);
    expect(world.terminal.out()).toContain('`signing: { secureBoot: factory, artifacts: factory }`');
    world.freshTerminal();
    expect(await world.ldf('keys', 'list')).toBe(0);
    expect(world.terminal.out()).toMatch(/^factory +\d{4}-\d\d-\d\d +[0-9a-f]{16} +[0-9A-F]{16} +ok$/m);
    world.freshTerminal();
    expect(await world.ldf('keys', 'export-cert', 'factory')).toBe(0);
    expect(new X509Certificate(world.terminal.out()).subject).toBe('CN=factory Secure Boot');
    expect(await world.ldf('keys', 'delete', 'factory')).toBe(0);
    world.freshTerminal();
    expect(await world.ldf('keys', 'list', '--json')).toBe(0);
    expect(resultOf(world.terminal.out())).toEqual({ items: [] });
    expect(await world.ldf('keys', 'delete', 'factory')).toBe(2);
    expect(world.terminal.err()).toContain('There is no key set factory.');
  });

  it('prints the public key for artifacts, and adds one to a set that has none', async () => {
    expect(await world.ldf('keys', 'create', 'papers')).toBe(0);
    world.freshTerminal();
    expect(await world.ldf('keys', 'export-key', 'papers')).toBe(0);
    expect(world.terminal.out()).toMatch(
      /^untrusted comment: minisign public key [0-9A-F]{16}\nRW[A-Za-z0-9+/]{54}\n$/,
    );
    const { publicKey } = readPublicKey(world.terminal.out());
    world.freshTerminal();
    expect(await world.ldf('keys', 'export-key', 'papers', '--pem')).toBe(0);
    expect(rawPublicKey(createPublicKey(world.terminal.out()))).toEqual(publicKey);
    expect(await world.ldf('keys', 'add-artifact-key', 'papers')).toBe(2);
    world.freshTerminal();
    expect(await world.ldf('verify-artifact', 'distro.yaml', '--key-set', 'papers')).toBe(1);
    expect(world.terminal.err()).toContain('there is no distro.yaml.minisig beside it');
    expect(await world.ldf('verify-artifact', 'distro.yaml', '--key-set', 'nosuch')).toBe(2);
    await rm(join(world.api.world.dataDir, 'keys', 'papers', 'artifact-key.pem'));
    expect(await world.ldf('keys', 'export-key', 'papers')).toBe(2);
    expect(world.terminal.err()).toContain('ldf keys add-artifact-key papers');
    world.freshTerminal();
    expect(await world.ldf('keys', 'add-artifact-key', 'papers')).toBe(0);
    expect(world.terminal.out()).toMatch(/artifact key +RW/);
    expect(await world.ldf('keys', 'delete', 'papers')).toBe(0);
  });

  it('takes in what two files hold', async () => {
    const pair = await makeKeyPair('mine', new Date(), new Date(Date.now() + 86_400_000));
    await writeFile(world.file('mine.pem'), pair.certificate);
    await writeFile(world.file('mine.key'), pair.privateKey);
    expect(await world.ldf('keys', 'import', 'mine', '--cert', 'mine.pem', '--key', 'mine.key', '--json')).toBe(0);
    expect(resultOf(world.terminal.out())).toMatchObject({ name: 'mine', problem: null });
    expect(world.terminal.out() + world.terminal.err()).not.toContain(pair.privateKey.split('\n')[5]);
    expect(await world.ldf('keys', 'import', 'two', '--cert', 'mine.key', '--key', 'nosuch')).toBe(2);
    expect(world.terminal.err()).toContain('The private key nosuch cannot be read');
    expect(await world.ldf('keys', 'create', 'three', '--days', 'many')).toBe(2);
  });
});
