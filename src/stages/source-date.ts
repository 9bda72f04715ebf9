import * as z from 'zod';

/** Seconds since the epoch: SOURCE_DATE_EPOCH of what is made of sources. */
export const SourceDate = z.int().nonnegative();
