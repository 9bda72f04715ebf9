/** How much of everything may be written: one table for definitions, components, locks and what is made of them. */
import * as z from 'zod';

export const bounds = {
  /** Top-level keys of a definition or a component; the schema has far fewer and refuses others by name. */
  keys: 1_000,
  /** userland.packages; also what all components and the definition want together. */
  packages: 2_000,
  /** kernel.config.options. */
  kernelOptions: 2_000,
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
  /** What a lock's kernel comes from. */
  kernelSources: 100,
  /** Packages of a lock, with all they depend on; a whole desktop has 2,500. */
  lockedPackages: 10_000,
  aptSources: 100,
  aptComponents: 20,
  /** Each of provides, requires and conflicts of a component. */
  capabilities: 64,
  /** Ways in which one requirement may be met. */
  alternatives: 16,
  /** Every other list of a component. */
  contributed: 500,
  /** GPT has 128 (UEFI specification, 5.3). */
  partitions: 128,
  /** Series of kernels or suites that a component offers. */
  offered: 50,
  /** Signs of each sort on the serial console. */
  signs: 50,
  /** Characters of a sign's regular expression. */
  patternLength: 500,
  /** Text of a file on the ESP, of which most are a few lines for a boot loader. */
  espFileLength: 64 << 10,
  /** A line of fstab(5), a word of a command line, a name that has no stricter rule. */
  lineLength: 1_024,
  /** A sentence for people. */
  sentenceLength: 400,
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

/** Text that stands in a file or on a command line as one line. */
export const oneLine = z
  .string()
  .max(bounds.lineLength)
  .regex(/^[^\0\n\r]*$/, 'must be one line');
