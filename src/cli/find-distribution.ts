/** Distributions by their name, which is how people call them. */
import type { Client } from '../client/client.ts';
import { LdfError } from '../errors.ts';
import type { DistributionSummary } from '../model/distribution.ts';

export async function findDistribution(client: Client, name: string): Promise<DistributionSummary | undefined> {
  const { items } = await client.distributions.list({ name, limit: 1 });
  return items.find((distribution) => distribution.name === name);
}

/** @throws LdfError `not-found` */
export async function getDistribution(client: Client, name: string): Promise<DistributionSummary> {
  const distribution = await findDistribution(client, name);
  if (distribution) return distribution;
  throw new LdfError('not-found', `There is no distribution ${JSON.stringify(name)}.`, {
    hint: '`ldf distributions` lists those there are; `ldf apply -f FILE` makes one.',
  });
}
