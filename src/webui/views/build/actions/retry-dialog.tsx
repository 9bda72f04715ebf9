/** Where a retry begins, with what it keeps and what it runs again. */
import { Button, Group, List, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { formatDuration } from '../../../../amounts.ts';
import type { Build } from '../../../../model/build.ts';
import type { StageName } from '../../../../stages/names.ts';
import { firstUnfinished, rerun } from '../rerun.ts';

interface RetryDialogProps {
  build: Build;
  busy: boolean;
  onClose: () => void;
  /** undefined: from where it went wrong. */
  onRetry: (stage: StageName | undefined) => void;
}

export function RetryDialog({ build, busy, onClose, onRetry }: RetryDialogProps) {
  const { stages } = build;
  const broken = firstUnfinished(stages);
  const [from, setFrom] = useState<StageName | undefined>(broken ?? stages[0]?.name);
  const { kept, again } = rerun(stages, from);
  // Named, a stage runs even where its result could be found; where it went wrong there is none.
  const named = from === broken ? undefined : from;
  const seconds = stages
    .filter(({ name }) => again.includes(name))
    .reduce<number | undefined>(
      (sum, { estimateSeconds }) => (sum === undefined || estimateSeconds === null ? undefined : sum + estimateSeconds),
      0,
    );
  return (
    <Modal opened onClose={onClose} title={`Run ${build.name} ${build.version} again`} size="md">
      <Stack gap="md">
        <Radio.Group
          label="Start from"
          value={from ?? ''}
          onChange={(value) => setFrom(stages.find(({ name }) => name === value)?.name)}
        >
          <Stack gap={6} mt={6}>
            {stages
              .slice(0, broken === undefined ? undefined : stages.findIndex(({ name }) => name === broken) + 1)
              .map(({ name, state }) => (
                <Radio
                  key={name}
                  value={name}
                  label={name === broken && build.state !== 'succeeded' ? `${name} (${state})` : name}
                  description={name === broken ? undefined : `last run: ${state}`}
                />
              ))}
          </Stack>
        </Radio.Group>
        <List size="sm" spacing={4}>
          <List.Item>
            <b>Will run:</b> {again.join(', ')}
            {seconds !== undefined && seconds > 0 && ` (about ${formatDuration(seconds)} of work)`}
          </List.Item>
          <List.Item>
            <b>Reused:</b> {kept.length > 0 ? kept.join(', ') : 'nothing'}
          </List.Item>
        </List>
        <Text size="sm" c="dimmed">
          The definition and the lock stay the same. To build an edited definition, start a new build.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={busy} onClick={() => onRetry(named)} data-autofocus>
            {build.state === 'succeeded' ? 'Run again' : 'Retry'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
