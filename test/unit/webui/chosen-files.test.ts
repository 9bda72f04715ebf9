/** Files that are chosen in the form: keys and configuration, as text. */
import { expect, it } from 'vitest';
import { keyLines, notPublicKeys, readText } from '../../../src/webui/views/distribution-form/fields/read-text.ts';

const file = (content: string | Uint8Array<ArrayBuffer>) => new File([content], 'chosen');
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample ops@example.org';

it('a text is taken as it is, in UTF-8 alone and up to a bound', async () => {
  expect(await readText(file('grüße\n'))).toEqual({ text: 'grüße\n' });
  expect(await readText(file(''))).toEqual({ text: '' });
  expect(await readText(file(Uint8Array.of(0xff, 0xfe, 0)))).toMatchObject({
    problem: expect.stringContaining('UTF-8'),
  });
  expect(await readText(file('a\0b'))).toMatchObject({ problem: expect.stringContaining('UTF-8') });
  const large = { name: 'large', size: 5 << 20, arrayBuffer: async () => new ArrayBuffer(0) };
  expect(await readText(large)).toMatchObject({ problem: expect.stringContaining('4 MiB') });
});

it('public keys are taken line by line', async () => {
  expect(await readText(file(`# mine\n\n${key}\r\nfrom="10.0.0.0/8" ${key}\n`), notPublicKeys)).toMatchObject({
    text: expect.anything(),
  });
  expect(keyLines(`# mine\n\n ${key}\r\n`)).toEqual([key]);
});

it('a private key is refused, and so is what is no key', async () => {
  const secret = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----\n';
  expect(await readText(file(secret), notPublicKeys)).toMatchObject({ problem: expect.stringContaining('.pub') });
  expect(notPublicKeys('hello\n')).toContain('“hello” is no public key');
  expect(notPublicKeys('\n# none\n')).toBe('There is no key in this file.');
});
