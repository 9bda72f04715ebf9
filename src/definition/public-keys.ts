/** Public keys of OpenPGP in their text form (RFC 9580, 6.2), as `gpg --armor --export` writes them. */
import * as z from 'zod';

const mostKeyBytes = 256 << 10;
const mostKeys = 16;

/** One text with a key, or several one after the other. */
export const PublicKey = z
  .string()
  .max(mostKeyBytes)
  .refine(
    (text) => (keyBlocks(text)?.length ?? 0) > 0,
    'must be public keys as `gpg --armor --export` writes them, and nothing else',
  );

export const PublicKeys = z.array(PublicKey).min(1).max(mostKeys);

const start = /^-----BEGIN PGP PUBLIC KEY BLOCK-----$/;
const end = /^-----END PGP PUBLIC KEY BLOCK-----$/;

/** What stands between the marks of each block, in base64, without headers and checksum; undefined for anything else. */
export function keyBlocks(text: string): string[] | undefined {
  const blocks: string[] = [];
  let block: string[] | undefined;
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (block === undefined) {
      if (start.test(line)) block = [];
      else if (line !== '') return undefined;
    } else if (end.test(line)) {
      const content = block.join('');
      if (content === '') return undefined;
      blocks.push(content);
      block = undefined;
    } else if (/^[A-Za-z0-9+/]+={0,2}$/.test(line)) block.push(line);
    else if (!/^(|=[A-Za-z0-9+/]{4}|[A-Za-z]{1,32}: .*)$/.test(line)) return undefined;
  }
  return block === undefined ? blocks : undefined;
}
