/** What the form asks the server while it is filled in. */
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../api.ts';
import { type Draft, valueAt } from './draft.ts';
import { SchemaNode } from './schema.ts';

export const schemaQuery = queryOptions({
  queryKey: ['schema', 'definition'],
  queryFn: async ({ signal }) => SchemaNode.parse(await client.definitionSchema(signal)),
  staleTime: Number.POSITIVE_INFINITY,
});

/** What the server says of a definition: its plan or its problems, and which components it could name. */
export const checkQuery = (definition: Draft, distribution: string | undefined, indexAt: number) =>
  queryOptions({
    // With another index the answer is another.
    queryKey: ['check', distribution ?? 'new', definition, indexAt],
    queryFn: ({ signal }) =>
      client.distributions.check({ definition, ...(distribution === undefined ? {} : { distribution }) }, signal),
    gcTime: 60_000,
  });

/** Whether another distribution has that name. */
export const nameTakenQuery = (definition: Draft, distribution: string | undefined) => {
  const name = String(valueAt(definition, ['name']) ?? '');
  return queryOptions({
    queryKey: ['name', name],
    queryFn: async ({ signal }) => (await client.distributions.list({ name, limit: 1 }, signal)).items,
    select: (items) => items.some(({ id }) => id !== distribution),
    enabled: /^[a-z0-9-]{1,63}$/.test(name),
  });
};
