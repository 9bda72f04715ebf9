/** What is asked before a build begins, and what it will do: one click away from every distribution. */
import {
  Button,
  Checkbox,
  Group,
  Input,
  Modal,
  NumberInput,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { architectures } from '../../../architecture.ts';
import type { BuildOptions } from '../../../model/build.ts';
import type { ListedComponent } from '../../../model/component.ts';
import type { Distribution } from '../../../model/distribution.ts';
import { client, componentsQuery, distributionQuery, queryClient, refreshLists } from '../../api.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { newKey } from './build-options.ts';
import { PlanPreview } from './plan-preview.tsx';
import { previewQuery } from './preview.ts';

/** Open while `id` names a distribution. */
export function BuildDialog({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const narrow = useMediaQuery('(max-width: 48em)') ?? false;
  const query = useQuery({ ...distributionQuery(id ?? ''), enabled: id !== undefined });
  const { data } = query;
  return (
    <Modal
      opened={id !== undefined}
      onClose={onClose}
      title={<Text fw={650}>{data ? `Build ${data.name} ${data.version}` : 'Build'}</Text>}
      size="xl"
      fullScreen={narrow}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <QueryStatus query={query} />
      {data && <BuildForm key={data.id} distribution={data} onClose={onClose} />}
    </Modal>
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
  const { data: plan } = preview;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <Stack gap="md">
        <Choices
          options={options}
          change={change}
          arch={options.arch ?? distribution.arch}
          formats={options.formats ?? plan?.formats ?? []}
        />
        <QueryStatus query={preview} loading="Working the plan out" />
        {plan && <PlanPreview plan={plan} />}
        {start.error && <ErrorNotice error={start.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={start.isPending} disabled={preview.isError} data-autofocus>
            Start build
          </Button>
        </Group>
      </Stack>
    </form>
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

interface ChoicesProps {
  options: BuildOptions;
  change: (part: Partial<BuildOptions>) => void;
  arch: BuildOptions['arch'];
  formats: readonly string[];
}

function Choices({ options, change, arch, formats }: ChoicesProps) {
  return (
    <Stack gap="sm">
      <Group gap="xl" align="flex-start">
        <Input.Wrapper labelElement="div" label="Architecture">
          <div>
            <SegmentedControl
              aria-label="Architecture"
              mt={4}
              data={[...architectures]}
              value={arch ?? ''}
              onChange={(value) => change({ arch: architectures.find((one) => one === value) })}
            />
          </div>
        </Input.Wrapper>
        <Formats arch={arch} chosen={formats} onChange={(next) => change({ formats: next })} />
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="lg">
        <Switch
          label="Boot test"
          description="Start the image in a VM and wait for a login prompt."
          checked={options.boot}
          onChange={(event) => change({ boot: event.currentTarget.checked })}
        />
        <Switch
          label="No cache"
          description="Rebuild everything, ignoring cached results."
          checked={options.noCache}
          onChange={(event) => change({ noCache: event.currentTarget.checked })}
        />
        <NumberInput
          label="Priority"
          description="Higher goes first, −100 to 100."
          value={options.priority}
          min={-100}
          max={100}
          allowDecimal={false}
          clampBehavior="strict"
          onChange={(value) => change({ priority: Number(value) || 0 })}
          size="xs"
          maw={210}
        />
      </SimpleGrid>
    </Stack>
  );
}

function Formats(props: { arch: BuildOptions['arch']; chosen: readonly string[]; onChange: (next: string[]) => void }) {
  const { arch, chosen, onChange } = props;
  const { data: components = [] } = useQuery(componentsQuery);
  const formats = components.filter(({ kind }) => kind === 'format');
  const supports = (format: ListedComponent) => arch === undefined || format.arch.includes(arch);
  return (
    <Checkbox.Group
      label="Formats"
      value={[...chosen]}
      onChange={(next) => onChange(next)}
      error={chosen.length === 0 && formats.length > 0 ? 'Choose at least one.' : undefined}
    >
      <Group gap="md" mt={8}>
        {formats.map((format) => (
          <Checkbox
            key={format.name}
            value={format.name}
            label={format.title}
            disabled={!supports(format)}
            description={supports(format) ? undefined : `Not for ${arch}.`}
            title={format.summary}
          />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
