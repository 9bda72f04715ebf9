/** Stage images out of a registry. */
import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { PullRequest } from '../../../model/stage-image.ts';
import { TitledCard } from '../../parts/titled-card.tsx';

export function PullForm({ disabled, onPull }: { disabled: boolean; onPull: (from: string) => void }) {
  const [from, setFrom] = useState('');
  const checked = PullRequest.safeParse({ from });
  return (
    <TitledCard title="Pull from a registry">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (checked.success) onPull(checked.data.from);
        }}
      >
        <Group gap="sm" align="flex-start">
          <TextInput
            aria-label="Registry and path"
            placeholder="registry.example/ldf"
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
            error={from !== '' && !checked.success ? checked.error.issues[0]?.message : undefined}
            spellCheck={false}
            style={{ flex: '1 1 16rem', maxWidth: '28rem' }}
          />
          <Button type="submit" variant="default" disabled={disabled || !checked.success}>
            Pull
          </Button>
        </Group>
      </form>
    </TitledCard>
  );
}
