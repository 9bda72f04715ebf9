/** Which definitions have a stage for their initramfs: the usual one is made where images are, in no time, and others are made by programs of the root file system. */
import { defaultComponents } from '../../definition/defaults.ts';
import { isRecord } from '../../is-record.ts';

/** @param definition as it was checked; one of an earlier version of LDF asks for the usual one */
export function hasOwnStage(definition: unknown): boolean {
  return isRecord(definition) && (definition.initramfs ?? defaultComponents.initramfs) !== defaultComponents.initramfs;
}
