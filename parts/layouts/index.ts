/** Every layout that the packager knows, by name. */
import type { Part } from '../part.ts';
import { disk } from './disk/disk.ts';
import type { Layout } from './layout.ts';
import type { layoutParams } from './params.ts';

export const layouts: Readonly<Record<keyof typeof layoutParams, Part<Layout>>> = { disk };
