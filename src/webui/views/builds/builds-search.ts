/** What the address of the list of builds holds: its filters. Anything else in it is passed over. */
import * as z from 'zod';
import { Architecture } from '../../../definition/definition.ts';
import { BuildState } from '../../../model/build.ts';

export const BuildsSearch = z.object({
  state: BuildState.optional().catch(undefined),
  arch: Architecture.optional().catch(undefined),
  /** Id of a distribution. */
  distribution: z.string().optional().catch(undefined),
});
export type BuildsSearch = z.infer<typeof BuildsSearch>;
