/** What the definition comes to: its components with what drew them in, and what a build would do now. */
import { Anchor, Card, Collapse, Group, SimpleGrid, Stack, Table, Text, Title, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { PlanSummary } from '../../../model/plan.ts';
import { PlanPreview } from '../distribution-build/plan-preview.tsx';
import { told } from './problems.ts';
import { placeOf, type StepId, stepTitles } from './steps.ts';
import type { DraftState } from './use-draft.ts';

interface ReviewProps {
  state: DraftState;
  /** Goes where a problem is fixed. */
  onPlace: (place: StepId | 'yaml') => void;
}

export function Review({ state: { problems, plan, schema }, onPlace }: ReviewProps) {
  if (problems.length > 0)
    return (
      <Stack gap="xs">
        <Title order={2} size="h4">
          Fix before building
        </Title>
        {problems.map((problem) => {
          const place = placeOf(problem, schema.data ?? {});
          return (
            <Text key={`${problem.pointer} ${problem.message}`} size="sm">
              <Anchor component="button" type="button" size="sm" onClick={() => onPlace(place)}>
                {place === 'yaml' ? 'YAML' : stepTitles[place]} ·{' '}
                {problem.pointer.slice(1).replaceAll('/', '.') || 'the whole'}
              </Anchor>
              : {told([{ ...problem, pointer: '' }])}
            </Text>
          );
        })}
      </Stack>
    );
  return plan && <PlanReview plan={plan} />;
}

function PlanReview({ plan }: { plan: PlanSummary }) {
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
      <Stack gap="md">
        <Title order={2} size="h4">
          Components
        </Title>
        <Table verticalSpacing={5} horizontalSpacing="xs">
          <Table.Tbody>
            {plan.components.map(({ kind, name, title, because, chosen }) => (
              <Table.Tr key={`${kind}/${name}`}>
                <Table.Td c="dimmed">{kind}</Table.Td>
                <Table.Td>{title}</Table.Td>
                <Table.Td c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {chosen ? 'chosen' : because}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Part title={`${plan.packages.length} packages plus dependencies`}>
          {plan.packages.map(({ name, from }) => (
            <Row key={name} name={name} from={from} />
          ))}
        </Part>
        <Part title={`${plan.cmdline.length} words on the kernel command line after root= and ro`}>
          {plan.cmdline.map(({ word, from }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a word may stand there twice
            <Row key={index} name={word} from={from} />
          ))}
        </Part>
        <Part title={`${plan.kernelOptions.length} kernel options`}>
          {plan.kernelOptions.map(({ symbol, value, from }) => (
            <Row key={symbol} name={`${symbol}=${value}`} from={from} />
          ))}
        </Part>
      </Stack>
      <Stack gap="md">
        <Title order={2} size="h4">
          Build plan
        </Title>
        <PlanPreview plan={plan} />
      </Stack>
    </SimpleGrid>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const [open, { toggle }] = useDisclosure();
  const Icon = open ? IconChevronDown : IconChevronRight;
  return (
    <Card withBorder padding="xs">
      <UnstyledButton onClick={toggle} aria-expanded={open}>
        <Group gap={6} wrap="nowrap">
          <Icon size={16} aria-hidden />
          <Text size="sm" fw={500}>
            {title}
          </Text>
        </Group>
      </UnstyledButton>
      <Collapse expanded={open}>
        {open && (
          <Stack gap={2} pt="xs">
            {children}
          </Stack>
        )}
      </Collapse>
    </Card>
  );
}

function Row({ name, from }: { name: string; from: string }) {
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
        {name}
      </Text>
      <Text size="xs" c="dimmed">
        {from}
      </Text>
    </Group>
  );
}
