/** Which build is meant: by its id, or by its distribution's name, which stands for the newest build of it. */
import type { Client } from '../client/client.ts';
import { LdfError } from '../errors.ts';
import type { Build } from '../model/build.ts';
import { findDistribution } from './find-distribution.ts';

/** How the argument is described in help texts. */
export const buildArgument = "a build's id, or a distribution's name for its newest build";

/** @throws LdfError `not-found` */
export async function findBuild(client: Client, reference: string): Promise<Build> {
  const byId = await client.builds.get(reference).catch(undefinedIfNotFound);
  if (byId) return byId;
  const distribution = await findDistribution(client, reference);
  if (distribution?.lastBuild) return client.builds.get(distribution.lastBuild.id);
  const what = distribution
    ? `The distribution ${reference} has not been built yet.`
    : `There is no build and no distribution ${JSON.stringify(reference)}.`;
  throw new LdfError('not-found', what, { hint: '`ldf builds` lists the builds there are.' });
}

export function undefinedIfNotFound(error: unknown): undefined {
  if (error instanceof LdfError && error.code === 'not-found') return undefined;
  throw error;
}
