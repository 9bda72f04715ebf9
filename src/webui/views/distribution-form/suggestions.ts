/** Where suggestions for a list of words come from, by its place in the definition: the server's queries. */
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { architectures } from '../../../architecture.ts';
import { Architecture } from '../../../definition/architecture.ts';
import { client } from '../../api.ts';
import { type Draft, type Path, valueAt } from './draft.ts';
import { type Form, useForm } from './form-context.ts';
import { nodeAt } from './schema.ts';

export interface Suggestion {
  name: string;
  about: string;
}

export interface Suggestions {
  found: Suggestion[];
  /** The first answer for a suite or a kernel takes a while: its index or its source is read. */
  loading: boolean;
  /** Why nothing can be suggested. Anything may still be written. */
  problem: string | undefined;
}

const pauseMs = 250;
const leastLetters = 2;

/** Nothing is suggested where no source is known. */
export function useSuggestions(path: Path, typed: string): Suggestions {
  const { draft, schema } = useForm();
  const [text] = useDebouncedValue(typed.trim(), pauseMs);
  const wanted = text.length >= leastLetters ? text : undefined;
  const { data, error, isFetching } = useQuery(suggestionsQuery(path, { draft, schema }, wanted));
  return {
    found: wanted === undefined ? [] : (data ?? []),
    loading: wanted !== undefined && isFetching,
    problem: wanted !== undefined && error ? `Nothing can be suggested: ${error.message}` : undefined,
  };
}

function suggestionsQuery(path: Path, form: Pick<Form, 'draft' | 'schema'>, text: string | undefined) {
  const source = sources[path.join('/')];
  const asked = source?.about(form);
  return queryOptions({
    queryKey: ['suggestions', path.join('/'), asked, text],
    queryFn: ({ signal }) => (source && text !== undefined ? source.ask(form, text, signal) : []),
    enabled: source !== undefined && text !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 10 * 60_000,
    retry: false,
  });
}

interface Source {
  /** What the answer depends on besides the text. */
  about(form: Pick<Form, 'draft' | 'schema'>): unknown;
  ask(form: Pick<Form, 'draft' | 'schema'>, text: string, signal: AbortSignal): Promise<Suggestion[]>;
}

const sources: Readonly<Record<string, Source>> = {
  'userland/packages': {
    about: suiteOf,
    async ask(form, text, signal) {
      const { items } = await client.queries.packages({ ...suiteOf(form), text }, signal);
      return items.map(({ name, version, summary }) => ({ name, about: `${version} · ${summary}` }));
    },
  },
  'kernel/config/options': {
    about: kernelOf,
    async ask(form, text, signal) {
      const { items } = await client.queries.kconfig({ ...kernelOf(form), text }, signal);
      return items.map(({ symbol, type, prompt, help }) => ({
        name: symbol,
        about: [`${prompt ?? 'set by other options'} (${type})`, help].filter(Boolean).join(' · '),
      }));
    },
  },
};

function suiteOf({ draft, schema }: Pick<Form, 'draft' | 'schema'>) {
  return { arch: archOf(draft), suite: written(draft, schema, ['userland', 'suite']) };
}

function kernelOf({ draft, schema }: Pick<Form, 'draft' | 'schema'>) {
  return {
    arch: archOf(draft),
    source: written(draft, schema, ['kernel', 'source']),
    version: written(draft, schema, ['kernel', 'version']),
  };
}

function archOf(draft: Draft): Architecture {
  return Architecture.catch(architectures[0]).parse(draft.arch);
}

/** What is written, or the schema's default. */
function written(draft: Draft, schema: Form['schema'], path: Path): string {
  return String(valueAt(draft, path) ?? nodeAt(schema, path)?.default ?? '');
}
