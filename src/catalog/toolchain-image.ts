import { toolchainImages } from '../../parts/toolchains/params.ts';
import { ownValue } from '../own-value.ts';
import { kernelImages } from '../stages/kernel-images.ts';
import type { ImageName } from '../stages/names.ts';

/** The stage image that has a toolchain; the usual one while a definition names none that there is, which is refused elsewhere. */
export function imageOfToolchain(use: string): ImageName {
  return ownValue<ImageName>(toolchainImages, use) ?? kernelImages.source;
}
