/** Everything that labels files, by the name that components `use`. */
import type { Part } from '../part.ts';
import type { Labels } from './labels.ts';
import type { labelsParams } from './params.ts';
import { selinux } from './selinux/selinux.ts';

export const labelsParts: Readonly<Record<keyof typeof labelsParams, Part<Labels>>> = { selinux };
