/** Signed modules: what the kernel's build is told for it, and that none is left without. */
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeKeyPair } from '../../../../src/keys/certificate.ts';
import { withPrivateKeyFile } from '../../../../stage-images/contract/private-key-file.ts';
import {
  requireSignatures,
  signingVariables,
  trustCertificate,
} from '../../../../stage-images/kernel-builder/sign-modules.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-sign-'));
});
afterEach(() => rm(folder, { recursive: true }));

const tree = { built: (path: string) => join(folder, path) };
const { certificate: pem, privateKey } = await makeKeyPair('modules', new Date(0), new Date(1e12));
const certificate = { sha256: 'a'.repeat(64), pem };
const trusting = (value: string) => new Map([['CONFIG_SYSTEM_TRUSTED_KEYS', value]]);

describe('the certificate', () => {
  test('lies where the configuration says, and where signatures are made for it', async () => {
    await trustCertificate(tree, trusting('"certs/some-name.pem"'), certificate);
    expect(await readFile(join(folder, 'certs/some-name.pem'), 'utf8')).toBe(pem);
    const variables = await signingVariables(tree, certificate, '/tmp/key-1/private-key.pem');
    expect(variables).toEqual(['CONFIG_MODULE_SIG_ALL=y', 'CONFIG_MODULE_SIG_KEY=/tmp/key-1/private-key.pem']);
    expect(new X509Certificate(await readFile(join(folder, 'certs/signing_key.x509'))).toString()).toBe(pem);
  });

  test.each(['""', '"../x.pem"', '"certs/../../x.pem"', '"/etc/x.pem"', '"certs/a.pem certs/b.pem"'])(
    'goes nowhere but below certs: %s',
    async (value) => {
      await expect(trustCertificate(tree, trusting(value), certificate)).rejects.toMatchObject({
        error: { code: 'kernel.option-unbuildable', details: [{ pointer: '/signing/modules' }] },
      });
    },
  );
});

test('the key is a file while a tool runs, for its owner alone, and is gone however that ends', async () => {
  let seen = '';
  const use = async (path: string) => {
    seen = path;
    expect(await readFile(path, 'utf8')).toBe(privateKey);
    throw new Error('the tool failed');
  };
  await expect(withPrivateKeyFile(privateKey, use)).rejects.toThrow('the tool failed');
  await expect(readFile(seen)).rejects.toThrow('ENOENT');
});

describe('a module without a signature', () => {
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };

  test('is found, wherever it lies', async () => {
    await write('kernel/fs/a.ko', 'ELF ~Module signature appended~\n');
    await write('modules.order', 'kernel/fs/a.ko');
    expect(await requireSignatures(folder)).toBe(1);
    for (const text of ['ELF', '', 'ELF ~Module signature appended~\n ']) {
      await write('kernel/drivers/b.ko', text);
      await expect(requireSignatures(folder)).rejects.toThrow('left kernel/drivers/b.ko without a signature');
    }
  });
});
