import * as z from 'zod';
import { WebAddress } from '../definition/web-address.ts';

/** Of one lock. */
export const mostAptSources = 100;

/** Of one source. */
export const mostArchiveComponents = 20;

/** A part of a suite (sources.list(5)): main, non-free-firmware. */
export const ArchiveComponent = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/, 'must be a component such as main');

/** What apt in the finished image is set up with: the archives the lock was resolved from. */
export const AptSource = z.strictObject({
  uri: WebAddress,
  suite: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/, 'must be a suite')
    .max(128),
  components: z.array(ArchiveComponent).max(mostArchiveComponents),
});
export type AptSource = z.infer<typeof AptSource>;
