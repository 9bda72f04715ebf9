/** What the address of a build's page holds: the open tab, the chosen stage and attempt, a console to replay. */
import * as z from 'zod';
import { AnyStageName } from '../../../model/stage-name.ts';
import type { StageName } from '../../../stages/names.ts';

export const buildTabs = ['log', 'stages', 'timeline', 'artifacts', 'packages', 'verification'] as const;

export const BuildSearch = z.object({
  tab: z.enum(buildTabs).optional().catch(undefined),
  /** Whose log is shown; without it, that of the stage that failed, else of all. */
  stage: z
    .union([AnyStageName, z.literal('all')])
    .optional()
    .catch(undefined),
  /** Without it, all attempts of the stage. */
  attempt: z.int().positive().optional().catch(undefined),
  /** Id of the artifact whose console is replayed. */
  console: z.string().optional().catch(undefined),
});
export type BuildSearch = z.infer<typeof BuildSearch>;

/** Whose log is shown. */
export interface LogChoice {
  /** undefined: all of them. */
  stage: StageName | undefined;
  attempt: number | undefined;
}
