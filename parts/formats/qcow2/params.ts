import * as z from 'zod';

export const Qcow2Params = z.strictObject({
  /**
   * What clusters are compressed with. zlib is what every reader of qcow2 knows; zstd is made several times sooner, and read by
   * QEMU 5.1 (2020) and later; none is the largest, and what is read soonest. Default: zstd where image.compression says so, else zlib.
   */
  compression: z.enum(['zlib', 'zstd', 'none']).optional(),
});
