/** Stage images and queries, by name. */

export const imageNames = [
  'kernel-builder',
  'rootfs-assembler',
  'image-packager',
  'boot-tester',
  'kernel-builder-llvm',
] as const;
export type ImageName = (typeof imageNames)[number];

/** What not every installation needs: it is built where a plan asks for it, or by name, and otherwise not missed. */
export const imagesOnDemand: readonly ImageName[] = ['kernel-builder-llvm'];
export const usualImages: readonly ImageName[] = imageNames.filter((name) => !imagesOnDemand.includes(name));

/** A value for each stage image, by its name. */
export function forEachImage<Value>(make: (image: ImageName) => Value): Record<ImageName, Value> {
  return {
    'kernel-builder': make('kernel-builder'),
    'rootfs-assembler': make('rootfs-assembler'),
    'image-packager': make('image-packager'),
    'boot-tester': make('boot-tester'),
    'kernel-builder-llvm': make('kernel-builder-llvm'),
  };
}

/**
 * A stage's name. Which stages there are is in index.ts alone, for the server and the command line: a client takes them as the
 * API tells them.
 */
export type StageName = string;

/** What a stage image is asked outside any build. */
export const queryNames = ['packages', 'kconfig'] as const;
export type QueryName = (typeof queryNames)[number];
