/** The one form for new and stored distributions: steps over the schema's keys, and all of it as YAML; on a wide screen beside one another. */
import { Alert, Badge, Box, Button, Skeleton, Stack, Tabs } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCode, IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import type { Distribution } from '../../../model/distribution.ts';
import { client, queryClient } from '../../api.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { Page } from '../../parts/page.tsx';
import { ChangedElsewhere, isChangedElsewhere } from '../distribution/changed-elsewhere.tsx';
import classes from './editor.module.css';
import { exportDefinition } from './export.ts';
import { FormContext, useTouched } from './form-context.ts';
import { useResolution } from './packages/use-resolution.ts';
import { told } from './problems.ts';
import { Review } from './review.tsx';
import { Neighbours, SaveBar } from './save-bar.tsx';
import type { FormSearch } from './search.ts';
import { StepFields } from './step-fields.tsx';
import { problemsIn, type StepId, stepFrom, stepIds, stepTitles } from './steps.ts';
import { type Beginning, type DraftState, useDraft } from './use-draft.ts';

const YamlPane = lazy(() => import('./yaml-pane.tsx'));

/** From here on form and YAML have room beside one another. */
const wideScreen = '(min-width: 87.5em)';

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
  const resolution = useResolution(state, distribution);
  const wide = useMediaQuery(wideScreen, false, { getInitialValueInEffect: false });
  const [field, setField] = useState<string>();
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
      ...{ choices, problems, unchecked, resolution, ...touched },
    }),
    [draft, set, schema.data, components.data, choices, problems, unchecked, resolution, touched],
  );
  const submit = (wanted: Save) => save.mutate(wanted, { onSuccess: (stored) => onSaved(stored, wanted.build) });
  const stale = isChangedElsewhere(save.error);
  const step = stepFrom(search.step);
  const tab = wide ? step : (search.view ?? (brokenText === undefined ? step : 'yaml'));
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
      {!schema.data && !failure && <FormSkeleton />}
      {schema.data && (
        <FormContext value={form}>
          <Tabs
            value={tab}
            onChange={(next) => onSearch(next === 'yaml' ? { view: 'yaml' } : { step: next ?? undefined })}
            keepMounted={false}
          >
            <StepTabs state={state} wide={wide} />
            <div className={wide ? classes.sides : undefined}>
              <Stack
                gap="md"
                pt="md"
                // What is filled in while the YAML cannot be read would be lost when it can.
                inert={wide && brokenText !== undefined}
                className={wide ? classes.side : undefined}
                onFocus={({ target }) => setField(target.closest<HTMLElement>('[data-pointer]')?.dataset.pointer)}
              >
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
                {!wide && (
                  <Tabs.Panel value="yaml">
                    <Yaml state={state} />
                  </Tabs.Panel>
                )}
              </Stack>
              {wide && (
                <Box pt="md" className={`${classes.side} ${classes.yaml}`} role="region" aria-label="YAML" tabIndex={0}>
                  <Yaml state={state} field={field} />
                </Box>
              )}
            </div>
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
              tab === 'yaml' ? undefined : <Neighbours step={step} onStep={(next) => onSearch({ step: next })} />
            }
          />
        </FormContext>
      )}
    </Page>
  );
}

function Yaml(props: { state: DraftState; field?: string | undefined }) {
  return (
    <Suspense fallback={<Skeleton height={320} aria-label="Loading the editor" />}>
      <YamlPane {...props} />
    </Suspense>
  );
}

function FormSkeleton() {
  return (
    <Stack gap="lg" aria-label="Loading">
      {[36, 58, 58, 58].map((height, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are alike
        <Skeleton key={index} height={height} maw={index === 0 ? undefined : 480} />
      ))}
    </Stack>
  );
}

function StepTabs({ state: { problems, brokenText, schema }, wide }: { state: DraftState; wide: boolean }) {
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
      {!wide && (
        <Tabs.Tab value="yaml" ml="auto" leftSection={<IconCode size={16} aria-hidden />} rightSection={toFix('yaml')}>
          YAML
        </Tabs.Tab>
      )}
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
