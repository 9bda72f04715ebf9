/** Where suggestions for a list of words come from, by its place in the definition: the server's queries. */
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { architectures } from '../../../architecture.ts';
import { Architecture } from '../../../definition/architecture.ts';
import { LdfError } from '../../../errors.ts';
import { client } from '../../api.ts';
import { type Draft, type Path, valueAt } from './draft.ts';
import { type Form, useForm } from './form-context.ts';
import { lockedBy } from './prebuilt.ts';
import { told } from './problems.ts';
import { nodeAt } from './schema.ts';

export interface Suggestion {
  name: string;
  about: string;
}

export interface Suggestions {
  found: Suggestion[];
  /** The first answer for a suite or a kernel takes a while: its index or its source is read. */
  loading: boolean;
  /** What the server is doing, once the answer keeps one waiting. */
  doing: string | undefined;
  /** Why nothing can be suggested. Anything may still be written. */
  problem: string | undefined;
}

const pauseMs = 250;
const leastLetters = 2;
/** An answer that is kept is here sooner. */
const patienceMs = 1_000;

/** Nothing is suggested where no source is known. */
export function useSuggestions(path: Path, typed: string): Suggestions {
  const form = useForm();
  const [text] = useDebouncedValue(typed.trim(), pauseMs);
  const locked = lockedBy(path, form) !== undefined;
  const wanted = text.length >= leastLetters && !locked ? text : undefined;
  const { data, error, isFetching } = useQuery(suggestionsQuery(path, form, wanted));
  const loading = wanted !== undefined && isFetching;
  const [waited] = useDebouncedValue(loading, patienceMs);
  return {
    found: wanted === undefined ? [] : (data ?? []),
    loading,
    doing: loading && waited ? sources[path.join('/')]?.doing(form) : undefined,
    problem: wanted !== undefined && error ? `No suggestions: ${reasonOf(error)}` : undefined,
  };
}

/** What is wrong with one thing says more than that something is. */
function reasonOf(error: Error): string {
  const [detail] = error instanceof LdfError ? error.details : [];
  return detail ? (told([detail]) ?? error.message) : error.message;
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
  /** What its first answer takes, in a sentence. */
  doing(form: Pick<Form, 'draft' | 'schema'>): string;
  ask(form: Pick<Form, 'draft' | 'schema'>, text: string, signal: AbortSignal): Promise<Suggestion[]>;
}

const sources: Readonly<Record<string, Source>> = {
  'userland/packages': {
    about: suiteOf,
    doing: (form) =>
      `Fetching the package index of ${suiteOf(form).suite}. The first search of a suite takes up to a minute; later ones are quick.`,
    async ask(form, text, signal) {
      const { items } = await client.queries.packages({ ...suiteOf(form), text }, signal);
      return items.map(({ name, version, summary }) => ({ name, about: `${version} · ${summary}` }));
    },
  },
  'kernel/config/options': {
    about: kernelOf,
    doing: () =>
      "Downloading the kernel's source and reading its options. The first search of a kernel takes a minute or two; later ones are quick.",
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
    // Without one it is the newest series.
    version: written(draft, schema, ['kernel', 'version']) || undefined,
    url: written(draft, schema, ['kernel', 'url']) || undefined,
    sha256: written(draft, schema, ['kernel', 'sha256']) || undefined,
    commit: written(draft, schema, ['kernel', 'commit']) || undefined,
    tag: written(draft, schema, ['kernel', 'tag']) || undefined,
    publicKey: written(draft, schema, ['kernel', 'publicKey']) || undefined,
  };
}

function archOf(draft: Draft): Architecture {
  return Architecture.catch(architectures[0]).parse(draft.arch);
}

/** What is written, or the schema's default. */
function written(draft: Draft, schema: Form['schema'], path: Path): string {
  return String(valueAt(draft, path) ?? nodeAt(schema, path)?.default ?? '');
}
