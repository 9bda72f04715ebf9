import * as z from 'zod';

/** Exact or in binary units: 512M, 2G; as many write them too, 512MiB, 2GiB. What is kept has one letter. */
export const ImageSize = z
  .string()
  .regex(
    /^(auto|[1-9][0-9]{0,6} ?[MGT](iB)?)$/,
    'must be auto, or a number with M, G or T (also MiB, GiB, TiB), such as 2G; it counts in steps of 1024, so GB will not do',
  )
  .overwrite(withOneLetter);

/** The same, or a share of the disk: 20%. */
export const PartitionSize = z
  .string()
  .regex(
    /^(auto|[1-9][0-9]{0,6} ?[MGT](iB)?|(?:100|[1-9][0-9]?) ?%)$/,
    'must be auto, a number with M, G or T (also MiB, GiB, TiB), such as 2G, or a whole percentage of image.size, such as 20%; it counts in steps of 1024, so GB will not do',
  )
  .overwrite((size) => withOneLetter(size.replace(' %', '%')));

function withOneLetter(size: string): string {
  return size.replace(/ ?([MGT])iB$/, '$1').replace(' ', '');
}

const unitMiB: Readonly<Record<string, number>> = { M: 1, G: 1024, T: 1024 * 1024 };

/** MiB of a size with a unit, such as 512M or 2G. @throws Error for another */
export function sizeInMiB(size: string): number {
  const unit = unitMiB[size.slice(-1)];
  if (unit === undefined) throw new Error(`${size} is no size with a unit`);
  return Number(size.slice(0, -1)) * unit;
}

/** The number of a percentage; undefined of another size. */
export function percentOf(size: string): number | undefined {
  return size.endsWith('%') ? Number(size.slice(0, -1)) : undefined;
}
