/** Components to choose from, as cards; one that is impossible says what stands in its way. */
import { Button, Card, Checkbox, Group, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import { architectures } from '../../../../architecture.ts';
import type { ListedComponent } from '../../../../model/component.ts';
import { type Brings, bringsOf, needsOf } from '../brings.ts';
import { valueAt } from '../draft.ts';
import { type FieldProps, useField, useForm } from '../form-context.ts';
import { entriesOf, nameOf, nameOrNames } from '../named-entries.ts';
import { problemsAt, told } from '../problems.ts';
import { takesSeveral } from '../schema.ts';

export function ComponentsField({ path, node }: FieldProps) {
  const field = useField({ path, node });
  const { components, choices, problems } = useForm();
  const several = takesSeveral(node);
  const ofKind = components.filter(
    ({ kind, spec }) => kind === node.componentKind && (!node.targets || spec.target !== undefined),
  );
  // What a key that says nothing comes to depends on the others.
  const usual = node.targets
    ? undefined
    : choices.find(({ kind, chosen }) => kind === node.componentKind && chosen)?.name;
  const value = field.value ?? node.default ?? (several ? undefined : usual);
  const entries: readonly unknown[] = Array.isArray(value) ? value : several && value !== undefined ? [value] : [];
  const names = entries.map(nameOf);
  const shared = {
    label: field.label,
    description: undefined,
    error: told(problemsAt(problems, path, true)),
  };
  const cards = (Control: typeof Radio.Indicator | typeof Checkbox.Indicator, many: boolean) => (
    <SimpleGrid type="container" cols={{ base: 1, '36rem': 2, '60rem': 3 }} spacing="sm" mt={6}>
      {ofKind.map((component) => {
        const choice = choices.find(({ kind, name }) => kind === component.kind && name === component.name);
        const chosen = many ? names.includes(component.name) : value === component.name;
        // What is chosen can always be given up.
        const obstacle = chosen ? undefined : told(choice?.problems ?? []);
        const CardButton = many ? Checkbox.Card : Radio.Card;
        return (
          <CardButton
            key={component.name}
            value={component.name}
            disabled={obstacle !== undefined}
            radius="md"
            p={0}
            {...(chosen && { style: { borderColor: 'var(--mantine-primary-color-filled)' } })}
          >
            <ComponentCard component={component} obstacle={obstacle}>
              <Control />
            </ComponentCard>
          </CardButton>
        );
      })}
    </SimpleGrid>
  );
  if (several)
    return (
      <Checkbox.Group
        {...shared}
        value={names}
        onChange={(now) => field.set(node.anyOf ? nameOrNames(names, now, node.default) : entriesOf(entries, now))}
      >
        {cards(Checkbox.Indicator, true)}
      </Checkbox.Group>
    );
  return (
    <Radio.Group {...shared} value={String(value ?? '')} onChange={field.set}>
      {cards(Radio.Indicator, false)}
      {/* A chosen card cannot be unchosen by itself. */}
      {node.default === undefined && field.value !== undefined && (
        <Button size="compact-sm" variant="subtle" mt={6} onClick={() => field.set(undefined)}>
          Choose no {field.label.toLowerCase()}
        </Button>
      )}
    </Radio.Group>
  );
}

interface CardProps {
  component: ListedComponent;
  obstacle: string | undefined;
  children: React.ReactNode;
}

function ComponentCard({ component, obstacle, children }: CardProps) {
  const { draft } = useForm();
  const arch = architectures.find((one) => one === valueAt(draft, ['arch']));
  const dimmed = obstacle !== undefined;
  return (
    <Card padding="sm" radius="md" h="100%" bg="transparent">
      <Group wrap="nowrap" align="flex-start" gap="sm">
        {children}
        <Stack gap={4} style={{ minWidth: 0 }}>
          <Text size="sm" fw={600} c={dimmed ? 'dimmed' : 'inherit'}>
            {component.title}
          </Text>
          <Text size="xs" c="dimmed">
            {component.summary.replaceAll('`', '')}
          </Text>
          <Lines lines={[...bringsOf(component, arch), ...needsOf(component, architectures)]} />
          {obstacle && (
            <Text size="xs" c="red" fw={500}>
              {obstacle}
            </Text>
          )}
        </Stack>
      </Group>
    </Card>
  );
}

function Lines({ lines }: { lines: readonly Brings[] }) {
  return lines.map(({ label, value }) => (
    <Text key={label} size="xs" style={{ overflowWrap: 'anywhere' }}>
      <Text span inherit c="dimmed">
        {label}:{' '}
      </Text>
      {value}
    </Text>
  ));
}
