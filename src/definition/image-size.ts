import * as z from 'zod';

/** Exact or in binary units: 512M, 2G; as many write them too, 512MiB, 2GiB. What is kept has one letter. */
export const ImageSize = z
  .string()
  .regex(
    /^(auto|[1-9][0-9]{0,6} ?[MGT](iB)?)$/,
    'must be auto, or a number with M, G or T (also MiB, GiB, TiB), such as 2G; it counts in steps of 1024, so GB will not do',
  )
  .overwrite((size) => size.replace(/ ?([MGT])iB$/, '$1').replace(' ', ''));
