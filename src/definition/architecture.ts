/** The processor architectures that images are made for. */
import * as z from 'zod';

export const architectures = ['x86_64', 'aarch64'] as const;
export const Architecture = z.enum(architectures);
export type Architecture = z.infer<typeof Architecture>;
