/**
 * A boot that a person watches and types into: what the boot-tester is asked for outside any build. It is no stage: it
 * gives no result, and its container's stdin and stdout are the machine's serial console.
 */
import * as z from 'zod';
import { Architecture } from '../definition/architecture.ts';
import { ChosenPart } from './chosen-part.ts';
import { contractVersion, OutputPath } from './contract.ts';
import { QemuDisk } from './package/data.ts';

/** The word after the image's entrypoint that asks for this. */
export const consoleCommand = 'console';

export const ConsoleRequest = z.strictObject({
  contract: z.literal(contractVersion),
  arch: Architecture,
  /** What it is booted on. */
  machine: ChosenPart,
  /** In the layer of `package`. */
  artifact: OutputPath,
  qemu: QemuDisk,
  /** Root is logged in, by the part that knows how such a guest is told; absent: the guest asks who one is. */
  rootLogIn: ChosenPart.optional(),
  memoryMiB: z.int().positive(),
  cpus: z.int().positive(),
  /** Then the machine is switched off. */
  seconds: z.int().positive(),
});
export type ConsoleRequest = z.infer<typeof ConsoleRequest>;
