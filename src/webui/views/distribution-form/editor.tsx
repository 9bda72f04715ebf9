/** The one form for new and stored distributions: steps over the schema's keys, or all of it as YAML. */
import { Alert, Badge, Button, Group, Loader, Stack, Tabs, Text } from '@mantine/core';
import { IconCode, IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useMemo, useRef } from 'react';
import type { Distribution } from '../../../model/distribution.ts';
import { client, queryClient } from '../../api.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { Page } from '../../parts/page.tsx';
import { ChangedElsewhere, isChangedElsewhere } from '../distribution/changed-elsewhere.tsx';
import { exportDefinition } from './export.ts';
import { FormContext, useTouched } from './form-context.ts';
import { told } from './problems.ts';
import { Review } from './review.tsx';
import type { FormSearch } from './search.ts';
import { StepFields } from './step-fields.tsx';
import { problemsIn, type StepId, stepFrom, stepIds, stepTitles } from './steps.ts';
import { type Beginning, type DraftState, useDraft } from './use-draft.ts';

const YamlTab = lazy(() => import('./yaml-tab.tsx'));

interface Save {
  build: boolean;
  /** The revision that it replaces; the one that the form began with without. */
  over?: string;
}

interface EditorProps {
  title: string;
  beginning: Beginning;
  /** The one that is edited; a new one is made without it. */
  distribution?: Distribution;
  search: FormSearch;
  onSearch: (part: FormSearch) => void;
  onSaved: (saved: Distribution, build: boolean) => void;
  /** Gives up what was edited, for what somebody else has saved meanwhile. */
  onDiscard?: (theirs: Distribution) => void;
}

export function Editor({ title, beginning, distribution, search, onSearch, onSaved, onDiscard }: EditorProps) {
  const state = useDraft(beginning, distribution?.id);
  const { draft, set, schema, components, choices, problems, unchecked, brokenText } = state;
  const touched = useTouched();
  const saved = useRef(false);
  const save = useMutation({
    mutationFn: ({ over = distribution?.revision }: Save) =>
      distribution
        ? client.distributions.update(distribution.id, { definition: draft }, over)
        : client.distributions.create({ definition: draft }),
    onSuccess: (stored) => {
      saved.current = true;
      void queryClient.invalidateQueries({ queryKey: ['distributions'] });
      queryClient.setQueryData(['distributions', stored.id], stored);
    },
  });
  const form = useMemo(
    () => ({
      ...{ draft, set, schema: schema.data ?? {}, components: components.data ?? [] },
      ...{ choices, problems, unchecked, ...touched },
    }),
    [draft, set, schema.data, components.data, choices, problems, unchecked, touched],
  );
  const submit = (wanted: Save) => save.mutate(wanted, { onSuccess: (stored) => onSaved(stored, wanted.build) });
  const stale = isChangedElsewhere(save.error);
  const step = stepFrom(search.step);
  const tab = search.view ?? (brokenText === undefined ? step : 'yaml');
  const failure = schema.error ?? components.error;
  return (
    <Page
      title={title}
      actions={
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => void exportDefinition(draft, state.source)}
        >
          Export
        </Button>
      }
    >
      <LeaveGuard when={() => state.dirty && !saved.current} />
      {failure && <ErrorNotice error={failure} onRetry={() => void schema.refetch()} />}
      {!schema.data && !failure && <Loader aria-label="Loading" />}
      {schema.data && (
        <FormContext value={form}>
          <Tabs
            value={tab}
            onChange={(next) => onSearch(next === 'yaml' ? { view: 'yaml' } : { step: next ?? undefined })}
            keepMounted={false}
          >
            <StepTabs state={state} />
            <Stack gap="md" pt="md">
              <Troubles state={state} />
              {stepIds.map((id) => (
                <Tabs.Panel key={id} value={id}>
                  {id === 'review' ? (
                    <Review
                      state={state}
                      onPlace={(next) => onSearch(next === 'yaml' ? { view: next } : { step: next })}
                    />
                  ) : (
                    <StepFields step={id} />
                  )}
                </Tabs.Panel>
              ))}
              <Tabs.Panel value="yaml">
                <Suspense fallback={<Loader aria-label="Loading the editor" />}>
                  <YamlTab state={state} />
                </Suspense>
              </Tabs.Panel>
            </Stack>
          </Tabs>
          {save.error && !stale && <ErrorNotice error={save.error} />}
          {stale && distribution && (
            <ChangedElsewhere
              id={distribution.id}
              mine={draft}
              onOverwrite={(over) => submit({ build: save.variables?.build ?? false, over })}
              onDiscard={(theirs) => {
                saved.current = true;
                onDiscard?.(theirs);
              }}
            />
          )}
          <SaveBar
            state={state}
            saving={save.isPending}
            unchanged={distribution !== undefined && !state.dirty}
            onSave={(build) => submit({ build })}
            neighbours={
              search.view ? undefined : <Neighbours step={step} onStep={(next) => onSearch({ step: next })} />
            }
          />
        </FormContext>
      )}
    </Page>
  );
}

function StepTabs({ state: { problems, brokenText, schema } }: { state: DraftState }) {
  const toFix = (place: StepId | 'yaml') => {
    const { length } = problemsIn(place, problems, schema.data ?? {});
    if (length === 0) return undefined;
    return (
      <Badge color="red" size="sm" circle aria-label={`${length} to fix`}>
        {length}
      </Badge>
    );
  };
  return (
    <Tabs.List style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
      {stepIds.map((id) => (
        <Tabs.Tab key={id} value={id} disabled={brokenText !== undefined} rightSection={toFix(id)}>
          {stepTitles[id]}
        </Tabs.Tab>
      ))}
      <Tabs.Tab value="yaml" ml="auto" leftSection={<IconCode size={16} aria-hidden />} rightSection={toFix('yaml')}>
        YAML
      </Tabs.Tab>
    </Tabs.List>
  );
}

/** What belongs to no field: the server is away, or a problem of the whole. */
function Troubles({ state: { trouble, problems, checkAgain } }: { state: DraftState }) {
  const general = told(problems.filter(({ pointer }) => pointer === ''));
  return (
    <>
      {trouble && <ErrorNotice error={trouble} onRetry={checkAgain} />}
      {general && (
        <Alert color="red" variant="light" role="alert">
          {general}
        </Alert>
      )}
    </>
  );
}

interface SaveBarProps {
  state: DraftState;
  saving: boolean;
  /** Stored already, as it stands here. */
  unchanged: boolean;
  onSave: (build: boolean) => void;
  neighbours: ReactNode;
}

function SaveBar({ state, saving, unchanged, onSave, neighbours }: SaveBarProps) {
  const { problems, brokenText, waiting, trouble } = state;
  const wrong = problems.length > 0 || brokenText !== undefined;
  const blocked = wrong || waiting || trouble !== undefined;
  return (
    <Group
      justify="space-between"
      gap="sm"
      py="sm"
      style={{
        position: 'sticky',
        bottom: 0,
        background: 'var(--mantine-color-body)',
        borderTop: '1px solid var(--mantine-color-default-border)',
        zIndex: 2,
      }}
    >
      <Group gap="xs">{neighbours}</Group>
      <Group gap="sm">
        <Text size="sm" c={wrong ? 'red' : 'dimmed'} role="status">
          {verdict(state)}
        </Text>
        <Button variant="default" onClick={() => onSave(true)} disabled={blocked} loading={saving}>
          Save and build
        </Button>
        <Button onClick={() => onSave(false)} disabled={blocked || unchanged} loading={saving}>
          Save
        </Button>
      </Group>
    </Group>
  );
}

function verdict(state: DraftState): string {
  const { problems, unchecked, fetchingIndex, brokenText, waiting, dirty, trouble } = state;
  if (brokenText !== undefined) return 'The YAML cannot be read.';
  if (trouble) return 'Not checked.';
  if (waiting) return 'Checking…';
  if (problems.length > 0) return `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  const later = unchecked.length === 1 ? '1 check left to the build' : `${unchecked.length} checks left to the build`;
  return [
    fetchingIndex ? 'No problems found so far; looking packages up…' : 'No problems found',
    ...(unchecked.length > 0 && !fetchingIndex ? [later] : []),
    ...(dirty ? ['Unsaved'] : []),
  ].join(' · ');
}

function Neighbours({ step, onStep }: { step: StepId; onStep: (step: StepId) => void }) {
  const index = stepIds.indexOf(step);
  const [before, after] = [stepIds[index - 1], stepIds[index + 1]];
  return (
    <>
      {before && (
        <Button variant="subtle" size="sm" onClick={() => onStep(before)}>
          ← {stepTitles[before]}
        </Button>
      )}
      {after && (
        <Button variant="subtle" size="sm" onClick={() => onStep(after)}>
          {stepTitles[after]} →
        </Button>
      )}
    </>
  );
}
