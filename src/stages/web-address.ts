import * as z from 'zod';

/** The URL parser drops line ends, which a file that takes the address as it is would keep (WHATWG URL, 4.4). */
export const WebAddress = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[\x21-\x7e]+$/, 'must be an http or https address, without spaces and line ends')
  .refine((address) => URL.canParse(address), 'must be an http or https address');
