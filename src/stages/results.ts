/** What the engine reads out of a stage's data, by the kind of its result. A stage may tell more there. */
import * as z from 'zod';
import { BootVerdict, bootVerdictsFile } from './boot/contract.ts';
import { PackageData } from './package/data.ts';
import { PrepareData } from './prepare/contract.ts';
import { ResolveData } from './resolve/contract.ts';

export const LockResult = z.looseObject(ResolveData.shape);
export type LockResult = z.infer<typeof ResolveData>;

/** Of the stage that makes a kernel's configuration. */
export const ConfiguredResult = z.looseObject({
  release: PrepareData.shape.release,
  notHeld: PrepareData.shape.notHeld,
});

export const ArtifactsResult = z.looseObject({ artifacts: PackageData.shape.artifacts });
export type ResultArtifact = z.infer<typeof ArtifactsResult>['artifacts'][number];

export const VerdictsResult = z.looseObject({ verdicts: z.array(BootVerdict) });
export type ResultVerdict = z.infer<typeof BootVerdict>;

/** Where a stage that gives verdicts leaves them in its output folder when it fails. */
export const verdictsFile = bootVerdictsFile;

export { consoleFacts, screenFacts } from './boot/recordings.ts';
