import type { KernelForm } from './kernel-form.ts';
import type { ImageName } from './names.ts';

/** Which image prepares a kernel and makes a layer of it, unless its toolchain has one of its own. One that is finished needs no compiler. */
export const kernelImages = {
  source: 'kernel-builder',
  binary: 'image-packager',
} as const satisfies Record<KernelForm, ImageName>;

/** The image for a kernel of this form, which the image given compiles where it is to be compiled. */
export function kernelImage(form: KernelForm, compiler: ImageName): ImageName {
  return form === 'source' ? compiler : kernelImages[form];
}
