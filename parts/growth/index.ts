/** Everything that makes partitions grow, by the name that components `use`. */
import type { Part } from '../part.ts';
import type { Growth } from './growth.ts';
import type { growthParams } from './params.ts';
import { repart } from './repart/repart.ts';

export const growths: Readonly<Record<keyof typeof growthParams, Part<Growth>>> = { repart };
