/** How a definition names what is in a repository of git. */
import * as z from 'zod';

/** In full: a shorter one may come to name another commit later. */
export const CommitId = z
  .string()
  .regex(/^[0-9a-f]{40}$/, 'must be the 40 lower-case hexadecimal digits of a commit, as `git rev-parse` prints them');

/** git-check-ref-format(1), and no more than tags of releases need. */
export const TagName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*(\/[A-Za-z0-9][A-Za-z0-9._+-]*)*$/, 'must be the name of a tag such as v6.12.30')
  .refine((tag) => !tag.includes('..') && !/\.(lock)?(\/|$)/.test(tag), 'must be a name that git takes');
