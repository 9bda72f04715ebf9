/** Writing a component of one's own: a new one, a copy of another, or a change; the server's problems are shown at their lines. */
import { Anchor, Button, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { LdfError } from '../../../errors.ts';
import type { ListedComponent } from '../../../model/component.ts';
import { client, componentsQuery, queryClient } from '../../api.ts';
import { ButtonLink } from '../../parts/anchor.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { YamlEditor } from '../../parts/yaml-editor.tsx';
import { placeProblems, readMapping, type TextProblem } from '../../parts/yaml-text.ts';
import { toYaml } from './component-yaml.ts';
import { idOf } from './relations.ts';
import { template } from './template.ts';

export function NewComponent() {
  const { from } = useSearch({ from: '/components/new' });
  const query = useQuery({ ...componentsQuery, enabled: from !== undefined });
  if (from !== undefined && !query.data)
    return (
      <Page title="New component">
        <QueryStatus query={query} />
      </Page>
    );
  const pattern = query.data?.find((component) => idOf(component) === from);
  return <Editor key={from} initial={pattern ? toYaml(copyOf(pattern)) : template} />;
}

function copyOf({ name, spec }: ListedComponent): Record<string, unknown> {
  return { ...spec, name: `my-${name}` };
}

export function EditComponent() {
  const { kind, name } = useParams({ from: '/components/$kind/$name/edit' });
  const query = useQuery({
    queryKey: ['components', kind, name],
    queryFn: ({ signal }) => client.components.get(kind, name, signal),
  });
  const { data } = query;
  if (!data)
    return (
      <Page title={`Edit ${kind}/${name}`}>
        <QueryStatus query={query} />
      </Page>
    );
  return <Editor initial={toYaml(data.spec)} replaces={data} />;
}

function Editor({ initial, replaces }: { initial: string; replaces?: ListedComponent }) {
  const [text, setText] = useState(initial);
  const { save, saving, problems, refusal, saved } = useSave(text, replaces);
  const back = replaces ? `/components/${idOf(replaces)}` : '/components';
  return (
    <Page
      title={replaces ? `Edit ${replaces.title}` : 'New component'}
      about={
        replaces
          ? 'Distributions that use it get the new version with their next build.'
          : 'One file says what it is, what it requires and what it adds. Choose a unique name.'
      }
      actions={
        <>
          <ButtonLink to={back} variant="default">
            Cancel
          </ButtonLink>
          <Button onClick={save} loading={saving}>
            {replaces ? 'Save' : 'Add'}
          </Button>
        </>
      }
    >
      <Stack gap="sm">
        {refusal !== undefined && <ErrorNotice error={refusal} />}
        <YamlEditor label="The component's file, as YAML" text={text} problems={problems} onChange={setText} />
        <Text size="sm" c="dimmed">
          What a file may hold is in the{' '}
          <Anchor inherit underline="always" href="/v1/schema/component">
            JSON Schema of components
          </Anchor>
          . Comments are not kept.
        </Text>
      </Stack>
      <LeaveGuard when={() => text !== initial && !saved.current} />
    </Page>
  );
}

function useSave(text: string, replaces: ListedComponent | undefined) {
  const navigate = useNavigate();
  const [saving, setSaving] = useState(false);
  const [refused, setRefused] = useState<{ text: string; error: unknown }>();
  const saved = useRef(false);
  const read = readMapping(text);
  // What the server said is about the text as it was then.
  const refusal = refused?.text === text ? refused.error : undefined;
  const details = refusal instanceof LdfError ? refusal.details : [];
  const problems: readonly TextProblem[] = read.value ? placeProblems(text, details) : read.problems;

  const save = async () => {
    if (!read.value) return;
    setSaving(true);
    try {
      const { kind, name } = replaces
        ? await client.components.update(replaces.kind, replaces.name, read.value)
        : await client.components.create(read.value);
      saved.current = true;
      // Lists that no view shows now are read as well: the page that comes next must not show the old one first.
      await queryClient.invalidateQueries({ queryKey: componentsQuery.queryKey, refetchType: 'all' });
      notifications.show({ message: `${kind}/${name} was ${replaces ? 'saved' : 'added'}.`, color: 'green' });
      await navigate({ to: '/components/$kind/$name', params: { kind, name } });
    } catch (error) {
      setRefused({ text, error });
    } finally {
      setSaving(false);
    }
  };
  return { save, saving, problems, refusal: details.length > 0 ? undefined : refusal, saved };
}
