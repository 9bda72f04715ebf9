import { toolchainImages } from '../../parts/toolchains/params.ts';
import { ownValue } from '../own-value.ts';
import type { ChosenPart } from './chosen-part.ts';
import type { KernelForm } from './kernel-form.ts';
import type { ImageName } from './names.ts';

/** Which image prepares a kernel and makes a layer of it, unless its toolchain has one of its own. One that is finished needs no compiler. */
export const kernelImages = {
  source: 'kernel-builder',
  binary: 'image-packager',
} as const satisfies Record<KernelForm, ImageName>;

/** The image for a kernel of this form that this toolchain compiles. */
export function kernelImage(form: KernelForm, { use }: Pick<ChosenPart, 'use'>): ImageName {
  return form === 'source' ? (ownValue<ImageName>(toolchainImages, use) ?? kernelImages.source) : kernelImages[form];
}
