import * as z from 'zod';

/** The URL parser drops line ends, which a file that takes the address as it is would keep (WHATWG URL, 4.4). */
export const WebAddress = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[\x21-\x7e]+$/, 'must be an http or https address, without spaces and line ends')
  .refine((address) => URL.canParse(address), 'must be an http or https address');

/** One that a definition names a file by: whoever may read the definition, its lock or a log would read a password in it. */
export const FileAddress = WebAddress.refine(
  (address) => !/^https?:\/\/[^/?#]*@/.test(address),
  'must hold no user name and no password',
);

/** What stands behind the last slash of an address's path: the name of a file, most often. */
export function lastPartOf(address: string): string {
  return new URL(address).pathname.split('/').at(-1) ?? '';
}
