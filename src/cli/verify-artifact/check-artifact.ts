/** Whether a file is what a build has made, by the papers that lie beside it. No server is asked. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LdfError } from '../../errors.ts';
import {
  isSignedBy,
  mostSignatureBytes,
  type PublicKey,
  readSignature,
  signedName,
} from '../../signatures/minisign.ts';
import { signatureExtension } from '../../signatures/names.ts';
import { keyIdText } from '../../signatures/signer.ts';
import { fileError } from '../files/file-error.ts';
import { checkProvenance } from './check-provenance.ts';
import { type Content, type Finding, textOf } from './finding.ts';

export interface Findings {
  content: Content;
  /** What SHA256SUMS says. */
  checksum: Finding;
  signature: Finding;
  provenance: Finding;
}

/** A line for each artifact of a build: more is no list of checksums. */
const mostChecksumBytes = 1 << 20;

const checksums = 'SHA256SUMS';

/** @param key undefined: nothing can be proven. @throws LdfError `usage` for what cannot be read */
export async function checkArtifact(path: string, key: PublicKey | undefined): Promise<Findings> {
  const content = await read(path);
  const folder = dirname(path);
  return {
    content,
    checksum: await checkChecksum(join(folder, checksums), content),
    signature: await checkSignature(`${path}${signatureExtension}`, content, key),
    provenance: await checkProvenance(await filesOf(folder), content, key),
  };
}

/** What is wrong, the most telling first: nothing when the file is what it should be, as far as `key` lets one tell. */
export function wrong({ checksum, signature, provenance }: Findings, key: PublicKey | undefined): Finding[] {
  const all = [provenance, checksum, signature];
  const needed = key === undefined ? [] : [signature, provenance];
  return all.filter((finding) => finding.state === 'bad' || (needed.includes(finding) && finding.state === 'missing'));
}

async function read(path: string): Promise<Content> {
  const [sha256, blake2b] = [createHash('sha256'), createHash('blake2b512')];
  let sizeBytes = 0;
  try {
    const entry = await stat(path);
    if (!entry.isFile()) throw new LdfError('usage', `${path} is no file.`, { hint: 'Name an artifact.' });
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      sha256.update(chunk);
      blake2b.update(chunk);
      sizeBytes += chunk.length;
    }
  } catch (error) {
    throw fileError(error, `${path} cannot be read`);
  }
  return { name: basename(path), sizeBytes, sha256: sha256.digest('hex'), blake2b: blake2b.digest() };
}

async function checkChecksum(path: string, { name, sha256 }: Content): Promise<Finding> {
  const text = await textOf(path, mostChecksumBytes);
  if (text === undefined) return { state: 'missing', message: `there is no ${checksums} beside it` };
  // As sha256sum(1) writes it; of names with a line break, which it escapes, there are none.
  const line = text.split('\n').find((one) => /^[0-9a-f]{64} [ *]/.test(one) && one.slice(66) === name);
  if (line === undefined) return { state: 'missing', message: `${checksums} does not list it` };
  if (line.startsWith(sha256)) return { state: 'good', message: `that of ${checksums}` };
  return { state: 'bad', message: `its sha256 is ${sha256}, not ${line.slice(0, 64)} as in ${checksums}`, hint: again };
}

async function checkSignature(path: string, content: Content, key: PublicKey | undefined): Promise<Finding> {
  const file = basename(path);
  const text = await textOf(path, mostSignatureBytes);
  if (text === undefined) return { state: 'missing', message: `there is no ${file} beside it`, hint: getPapers };
  const found = readSignature(text);
  if (!found)
    return { state: 'bad', message: `${file} is no signature that minisign makes of a hash`, hint: getPapers };
  const id = keyIdText(found.keyId);
  if (!key) return { state: 'unproven', message: `of the key ${id}, which was not given` };
  if (!found.keyId.equals(key.id))
    return {
      state: 'bad',
      message: `${file} is of the key ${id}, not of ${keyIdText(key.id)}`,
      hint: 'Take the public key of who made the file. If this is it, somebody else has signed.',
    };
  if (!isSignedBy(found, key, content.blake2b))
    return { state: 'bad', message: `${file} does not sign these bytes`, hint: again };
  const name = signedName(found.comment);
  if (name !== content.name)
    return {
      state: 'bad',
      message: `it was signed under the name ${JSON.stringify(name ?? '')}`,
      hint: 'Give it that name again, if it was renamed.',
    };
  return { state: 'good', message: `of the key ${id}` };
}

const again = 'Get the file again; if it comes out the same, do not use it.';
const getPapers = 'Get it from where the file comes from: `ldf download` brings all of them.';

/** In their order, so that what is found does not depend on the disk. */
async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}
