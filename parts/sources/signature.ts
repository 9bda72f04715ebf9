/** Signatures of OpenPGP, checked by gpgv(1) against the keys that are given, and no others. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyBlocks } from '../../src/definition/public-keys.ts';
import { readTool } from '../../stage-images/contract/tool.ts';

/** Why something does not count as signed: the end of a sentence that starts with its name. */
export class NotSigned extends Error {
  override readonly name = 'NotSigned';
}

export interface Checking {
  /** In their text form. */
  keys: readonly string[];
  /** Scratch space. */
  work: string;
}

/** The text that is signed, without anything that stands around it in the file (RFC 9580, 7). @throws NotSigned */
export async function signedText(file: Buffer, checking: Checking): Promise<string> {
  return inFolder(checking, async (folder, check) => {
    const [path, output] = [join(folder, 'file'), join(folder, 'text')];
    await writeFile(path, file);
    await check(['--output', output, path]);
    return readFile(output, 'utf8');
  });
}

/** A signature in a text of its own. @throws NotSigned */
export async function checkSignature(content: string, signature: string, checking: Checking): Promise<void> {
  await inFolder(checking, async (folder, check) => {
    const [path, beside] = [join(folder, 'file'), join(folder, 'file.asc')];
    await writeFile(path, content);
    await writeFile(beside, signature);
    await check([beside, path]);
  });
}

type Check = (args: readonly string[]) => Promise<void>;

async function inFolder<Result>(
  { keys, work }: Checking,
  act: (folder: string, check: Check) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(work, 'signature-'));
  try {
    const ring = join(folder, 'keys.gpg');
    // gpgv reads keys in their binary form.
    await writeFile(ring, Buffer.concat(keys.flatMap(keyBlocks).map((block) => Buffer.from(block ?? '', 'base64'))));
    return await act(folder, async (args) => {
      const options = ['--homedir', folder, '--keyring', ring, '--weak-digest', 'SHA1', '--status-fd', '1'];
      judge(await readTool('gpgv', [...options, ...args], { okCodes: [0, 1, 2] }));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What each line of doc/DETAILS in GnuPG's sources means here, the first that is there. */
const bad: readonly (readonly [keyword: string, (key: string) => string])[] = [
  ['BADSIG', (key) => `was changed after it was signed with the key ${key}`],
  ['REVKEYSIG', (key) => `is signed with the key ${key}, which was revoked`],
  ['EXPKEYSIG', (key) => `is signed with the key ${key}, which has expired`],
  ['EXPSIG', (key) => `has a signature of the key ${key} that has expired`],
  ['NO_PUBKEY', (key) => `is signed with the key ${key}, which is none of those that are trusted for it`],
  ['ERRSIG', (key) => `has a signature of the key ${key} that cannot be checked`],
];

/** @throws NotSigned unless every signature is good, and there is one. */
function judge(status: string): void {
  const said = new Map(
    [...status.matchAll(/^\[GNUPG:\] ([A-Z_]+)(?: ([0-9A-F]+))?/gm)].map(([, keyword = '', key = '']) => [
      keyword,
      key,
    ]),
  );
  for (const [keyword, words] of bad) {
    const key = said.get(keyword);
    if (key !== undefined) throw new NotSigned(words(key));
  }
  if (!said.has('GOODSIG') || !said.has('VALIDSIG')) throw new NotSigned('has no signature');
}
