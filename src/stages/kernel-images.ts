import type { KernelForm } from './kernel-form.ts';
import type { ImageName } from './names.ts';

/** Which image prepares a kernel and makes a layer of it. One that is finished needs no compiler. */
export const kernelImages = {
  source: 'kernel-builder',
  binary: 'image-packager',
} as const satisfies Record<KernelForm, ImageName>;
