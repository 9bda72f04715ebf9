/** What the form of a new distribution begins with: nothing, an example, another distribution, or an imported file. */
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../api.ts';

export const examplesQuery = queryOptions({
  queryKey: ['examples'],
  queryFn: ({ signal }) => client.examples(signal),
  staleTime: Number.POSITIVE_INFINITY,
});

/** In the tab's own storage, so that a reload does not lose it. */
const importedKey = 'ldf.imported';

export function keepImported(text: string): void {
  sessionStorage.setItem(importedKey, text);
}

export function importedText(): string | null {
  return sessionStorage.getItem(importedKey);
}
