/** What stays in view below the form: whether there are problems, and the ways to save. */
import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { type StepId, stepIds, stepTitles } from './steps.ts';
import type { DraftState } from './use-draft.ts';

interface SaveBarProps {
  state: DraftState;
  saving: boolean;
  /** Stored already, as it stands here. */
  unchanged: boolean;
  onSave: (build: boolean) => void;
  neighbours: ReactNode;
}

export function SaveBar({ state, saving, unchanged, onSave, neighbours }: SaveBarProps) {
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

export function Neighbours({ step, onStep }: { step: StepId; onStep: (step: StepId) => void }) {
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
