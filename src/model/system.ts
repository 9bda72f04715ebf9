/** The state of the server, and its settings. */
import * as z from 'zod';
import { Architecture } from '../definition/definition.ts';
import { DiskReport } from './disk.ts';
import { AnyStageName } from './stage-name.ts';

export const SystemStatus = z.strictObject({
  version: z.string(),
  docker: z.strictObject({
    reachable: z.boolean(),
    version: z.string().nullable(),
    cpus: z.int().nullable(),
    memoryBytes: z.int().nullable(),
    architecture: Architecture.nullable().describe(
      'Of the machine that stages run on; null: one that nothing can be built on.',
    ),
    kvm: z.boolean().nullable().describe('Whether guests have KVM or are emulated; null until the first was started.'),
  }),
  dataDir: z.string(),
  disk: DiskReport,
  queue: z.strictObject({ queued: z.int(), running: z.int() }),
  /** Everything that would keep builds from running, with its way out. */
  problems: z.array(z.strictObject({ message: z.string(), hint: z.string() })),
});
export type SystemStatus = z.infer<typeof SystemStatus>;

/** A setting of the server as it is in force, by the environment variable that sets it. */
export const SettingStatus = z.strictObject({
  name: z.string(),
  description: z.string(),
  value: z.string().describe('As it would be written; a password in it is left out. Empty: nothing is set.'),
  given: z.boolean().describe('The environment says so; otherwise it is the default.'),
  /** The stage whose limit it is; null for all others. */
  stage: AnyStageName.nullable(),
});
export type SettingStatus = z.infer<typeof SettingStatus>;

export const SettingList = z.strictObject({ items: z.array(SettingStatus) });
