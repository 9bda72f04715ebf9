/** A component as the catalog lists it. */
import * as z from 'zod';
import { Architecture } from '../definition/definition.ts';

export const ListedComponent = z.strictObject({
  kind: z.string(),
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  arch: z.array(Architecture),
  provides: z.array(z.string()),
  requires: z.array(z.array(z.string())),
  conflicts: z.array(z.string()),
  /** Shipped with LDF, or added through the API. */
  origin: z.enum(['shipped', 'user']),
  /** The whole component file. */
  spec: z.record(z.string(), z.unknown()),
});
export type ListedComponent = z.infer<typeof ListedComponent>;
