import { ProgramName } from '../stages/contract.ts';

/** A stage by its name. Which there are, a plan and a build tell. */
export const AnyStageName = ProgramName;
