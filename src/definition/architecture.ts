/** The processor architectures that images are made for, as a definition names one. */
import * as z from 'zod';
import { architectures } from '../architecture.ts';

export const Architecture = z.enum(architectures);
export type Architecture = z.infer<typeof Architecture>;
