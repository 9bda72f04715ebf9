/** What makes a stage image that image, and no other. */
import { createHash } from 'node:crypto';
import type { EngineImage } from '../runtime/images.ts';

/**
 * sha256 of the root layers' diff ids and of the configuration that changes what a container does. Ids and digests will
 * not do: they differ between engines that store images as they run and engines that store them as registries do, and an
 * archive compresses layers anew. Labels, names and dates change nothing a container does.
 */
export function imageIdentity({ layers, config }: Pick<EngineImage, 'layers' | 'config'>): string {
  const { entrypoint, cmd, env, workingDir, user } = config;
  // Older engines write no working directory where newer ones write "/"; it is the same folder.
  const what = { layers, entrypoint, cmd, env, workingDir: workingDir || '/', user };
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}
