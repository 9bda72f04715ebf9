/** Where the form of a new distribution begins, by what its address says. */
import { LdfError } from '../../../errors.ts';
import { client, queryClient } from '../../api.ts';
import type { Draft } from './draft.ts';
import { examplesQuery, importedText } from './start.ts';
import type { Beginning } from './use-draft.ts';

const examplePrefix = 'example:';

/** @throws LdfError `not-found` for an example, a file or a distribution that is not there. */
export async function beginningOf(from: string | undefined, signal: AbortSignal): Promise<Beginning> {
  if (from === undefined) return { draft: await empty(signal) };
  if (from === 'file') return fromText(importedText(), 'The imported file is no longer known here.');
  if (from.startsWith(examplePrefix)) {
    const name = from.slice(examplePrefix.length);
    const example = (await queryClient.fetchQuery(examplesQuery)).find((one) => one.name === name);
    return fromText(example?.yaml ?? null, `There is no example ${name}.`);
  }
  const { definition, name } = await client.distributions.get(from, signal);
  return { draft: { ...definition, name: await freeName(`${name}-copy`, signal) } };
}

async function empty(signal: AbortSignal): Promise<Draft> {
  return { name: await freeName('my-distribution', signal), arch: 'x86_64' };
}

async function fromText(text: string | null, otherwise: string): Promise<Beginning> {
  if (text === null) throw new LdfError('not-found', otherwise, { hint: 'Go back to the list and begin again.' });
  const { fromYaml } = await import('./yaml.ts');
  const read = fromYaml(text);
  return 'draft' in read ? { draft: read.draft, source: text } : { draft: {}, text };
}

/** The name, or the first of `name-2`, `name-3` … that nobody has. */
async function freeName(name: string, signal: AbortSignal): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    const { items } = await client.distributions.list({ name: candidate, limit: 1 }, signal);
    if (items.length === 0) return candidate;
  }
}
