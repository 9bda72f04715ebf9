/** The sheet from which a build starts: what it will do in a sentence, and all that can be chosen behind Details. */
import { Button, Collapse, Drawer, Group, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { nobodyCanLogIn } from '../../../definition/logins.ts';
import type { BuildOptions } from '../../../model/build.ts';
import type { Distribution } from '../../../model/distribution.ts';
import { client, distributionQuery, queryClient, refreshLists } from '../../api.ts';
import { CopyAs } from '../../parts/copy-as.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { Choices } from './build-choices.tsx';
import { buildCommand, newKey } from './build-options.ts';
import { PlanNotes, PlanPreview } from './plan-preview.tsx';
import { previewQuery } from './preview.ts';
import { buildSentence, workSentence } from './sentence.ts';

/** Open while `id` names a distribution. */
export function BuildDialog({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const narrow = useMediaQuery('(max-width: 48em)') ?? false;
  const query = useQuery({ ...distributionQuery(id ?? ''), enabled: id !== undefined });
  const { data } = query;
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position={narrow ? 'bottom' : 'right'}
      title={<Text fw={650}>{data ? `Build ${data.name} ${data.version}` : 'Build'}</Text>}
      size={narrow ? '85%' : 520}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <QueryStatus query={query} />
      {data && <BuildForm key={data.id} distribution={data} onClose={onClose} />}
    </Drawer>
  );
}

const usualOptions: BuildOptions = { boot: true, noCache: false, priority: 0 };

/** The same request, clicked or sent twice, makes one build: each set of options has a key of its own. */
interface Request {
  options: BuildOptions;
  key: string;
}

function BuildForm({ distribution, onClose }: { distribution: Distribution; onClose: () => void }) {
  const [{ options, key }, setRequest] = useState<Request>(() => ({ options: usualOptions, key: newKey() }));
  const change = (part: Partial<BuildOptions>) =>
    setRequest((before) => ({ options: { ...before.options, ...part }, key: newKey() }));
  const preview = useQuery({ ...previewQuery(distribution, options), placeholderData: keepPreviousData });
  const start = useStart(distribution, { options, key });
  const [open, { toggle }] = useDisclosure();
  const { data: plan } = preview;
  const Icon = open ? IconChevronDown : IconChevronRight;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <Stack gap="md">
        <QueryStatus query={preview} loading={<PlanSkeleton />} />
        {plan && (
          <Stack gap={6} role="status">
            <Text>{buildSentence(plan, options)}</Text>
            <Text size="sm" c="dimmed">
              {workSentence(plan)}
            </Text>
            {/* Whoever does not know it has an image for nothing; all else that there is to say can be looked up. */}
            <PlanNotes notes={plan.notes.filter((note) => note === nobodyCanLogIn)} />
          </Stack>
        )}
        {start.error && <ErrorNotice error={start.error} />}
        <Group gap="sm">
          <Button type="submit" loading={start.isPending} disabled={preview.isError} data-autofocus>
            Start build
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <CopyAs
            command={buildCommand(distribution, options)}
            request={(recorder) => recorder.distributions.build(distribution.id, options)}
          />
        </Group>
        <UnstyledButton onClick={toggle} aria-expanded={open} style={{ alignSelf: 'flex-start' }}>
          <Group gap={6}>
            <Icon size={16} aria-hidden />
            <Text size="sm" fw={500}>
              Details
            </Text>
          </Group>
        </UnstyledButton>
        <Collapse expanded={open}>
          {open && (
            <Stack gap="lg">
              <Choices
                options={options}
                change={change}
                arch={options.arch ?? distribution.arch}
                formats={options.formats ?? plan?.formats ?? []}
              />
              {plan && <PlanPreview plan={plan} narrow />}
              {plan && <PlanNotes notes={plan.notes.filter((note) => note !== nobodyCanLogIn)} />}
            </Stack>
          )}
        </Collapse>
      </Stack>
    </form>
  );
}

function PlanSkeleton() {
  return (
    <Stack gap={8} aria-label="Loading the plan">
      <Skeleton height={18} />
      <Skeleton height={18} width="60%" />
      <Skeleton height={14} width="80%" />
    </Stack>
  );
}

function useStart({ id }: Distribution, { options, key }: Request) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => client.distributions.build(id, options, key),
    onSuccess: async (build) => {
      queryClient.setQueryData(['build', build.id], build);
      refreshLists();
      // In place of the dialog, so that the way back does not open it again.
      await navigate({ to: '/builds/$id', params: { id: build.id }, replace: true });
    },
  });
}
