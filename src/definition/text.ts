import * as z from 'zod';

/** Characters of a line of fstab(5), a word of a command line, a name that has no stricter rule. */
export const lineLength = 1_024;

/** Characters of a sentence for people. */
export const sentenceLength = 400;

/** Text that stands in a file or on a command line as one line. */
export const oneLine = z
  .string()
  .max(lineLength)
  .regex(/^[^\0\n\r]*$/, 'must be one line');
