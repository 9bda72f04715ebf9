/** How much of everything may be written in a definition or a component. What bounds a stage's contract stands there. */
import * as z from 'zod';
import { lineLength, sentenceLength } from './text.ts';

export const bounds = {
  /** Top-level keys of a definition or a component; the schema has far fewer and refuses others by name. */
  keys: 1_000,
  /** userland.packages; also what all components and the definition want together. */
  packages: 2_000,
  /** kernel.config.options, and those of one fragment. */
  kernelOptions: 2_000,
  /** kernel.config.fragments. */
  fragments: 20,
  /** kernel.cmdline; their length is bounded by the kernel. */
  kernelWords: 200,
  users: 200,
  /** Of one user. */
  sshKeys: 100,
  /** Characters of a line of authorized_keys: an RSA key of 16,384 bits has 2,800. */
  sshKeyLength: 8_192,
  groups: 100,
  files: 2_000,
  /** services.enable, and services.disable. */
  services: 1_000,
  formats: 20,
  /** Of one entry of image.formats that is a mapping. */
  formatKeys: 50,
  /** hardware. */
  hardware: 50,
  /** security, as a list. */
  security: 20,
  /** Each of provides, requires and conflicts of a component. */
  provisions: 64,
  /** Ways in which one requirement may be met. */
  alternatives: 16,
  /** Every other list of a component. */
  contributed: 500,
  /** GPT has 128 (UEFI specification, 5.3). */
  partitions: 128,
  /** Series of kernels or suites that a component offers. */
  offered: 50,
  lineLength,
  sentenceLength,
} as const;

/** A record with a bound on how many entries it has, which its JSON Schema tells too. */
export function boundedRecord<Key extends z.core.$ZodRecordKey, Value extends z.core.$ZodType>(
  key: Key,
  value: Value,
  most: number,
) {
  return z
    .record(key, value)
    .refine((entries) => Object.keys(entries).length <= most, `must have at most ${most} entries`)
    .meta({ maxProperties: most });
}
