/** Stage images and queries, by name. */

export const imageNames = ['kernel-builder', 'rootfs-assembler', 'image-packager', 'boot-tester'] as const;
export type ImageName = (typeof imageNames)[number];

/** A value for each stage image, by its name. */
export function forEachImage<Value>(make: (image: ImageName) => Value): Record<ImageName, Value> {
  return {
    'kernel-builder': make('kernel-builder'),
    'rootfs-assembler': make('rootfs-assembler'),
    'image-packager': make('image-packager'),
    'boot-tester': make('boot-tester'),
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
