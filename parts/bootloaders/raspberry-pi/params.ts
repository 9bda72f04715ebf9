import * as z from 'zod';

export const RaspberryPiParams = z.strictObject({
  /** More lines of config.txt, such as `dtparam=audio=on`. The firmware reads 98 characters of each. */
  settings: z
    .array(
      z
        .string()
        .max(98)
        .regex(/^[\x21-\x7e][\x20-\x7e]*$/, 'must be a line of config.txt'),
    )
    .max(100)
    .default([]),
});
