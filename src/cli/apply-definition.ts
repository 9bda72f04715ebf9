/** Brings a definition file and its lock to the server, under the distribution's name. */
import type { Client } from '../client/client.ts';
import type { Distribution } from '../model/distribution.ts';
import type { Lock } from '../stages/lock.ts';
import { type DefinitionFile, explainByLine } from './files/definition-file.ts';
import { findDistribution } from './find-distribution.ts';

/** Creates the distribution, or replaces the definition of the one that has the name. */
export async function applyDefinition(
  client: Client,
  file: DefinitionFile,
  lock: Lock | undefined,
): Promise<{ distribution: Distribution; created: boolean }> {
  const input = { definition: file.value, ...(lock === undefined ? {} : { lock }) };
  const existing = await findDistribution(client, file.definition.name);
  return explainByLine(file, async () =>
    existing
      ? { distribution: await client.distributions.update(existing.id, input), created: false }
      : { distribution: await client.distributions.create(input), created: true },
  );
}
