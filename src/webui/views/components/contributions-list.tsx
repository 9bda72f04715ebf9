/** Everything a component brings, section by section. */
import { Badge, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type Entry, type Section, sectionsOf } from './contributions.ts';
import classes from './contributions-list.module.css';

export function Contributions({ spec }: { spec: Readonly<Record<string, unknown>> }) {
  const sections = sectionsOf(spec);
  if (sections.length === 0) return <Text c="dimmed">It adds nothing itself: it only connects other components.</Text>;
  return (
    <div className={classes.columns}>
      {sections.map((section) => (
        <SectionCard key={`${section.path} ${section.arch}`} section={section} />
      ))}
    </div>
  );
}

function SectionCard({ section }: { section: Section }) {
  const { title, arch, entries } = section;
  return (
    <Paper withBorder p="md" component="section" className={classes.section}>
      <Group gap="xs" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {entries.length}
        </Text>
        {arch && (
          <Badge variant="default" tt="none">
            only {arch}
          </Badge>
        )}
      </Group>
      {entries.every(({ value, block }) => value === undefined && block === undefined) ? (
        <Group gap={6}>
          {entries.map(({ name }) => (
            <Code key={name}>{name}</Code>
          ))}
        </Group>
      ) : (
        <Stack gap={4}>
          {entries.map((entry) => (
            <EntryRow key={`${entry.name} ${entry.value}`} entry={entry} />
          ))}
        </Stack>
      )}
    </Paper>
  );
}

function EntryRow({ entry: { name, value, block } }: { entry: Entry }) {
  return (
    <div>
      <Text size="sm" ff="monospace" component="div" className={classes.entry}>
        <span>{name}</span>
        {value && (
          <Text span inherit c="dimmed">
            {value}
          </Text>
        )}
      </Text>
      {block && (
        <Code block mt={4} tabIndex={0} role="region" aria-label={`Content of ${name}`}>
          {block}
        </Code>
      )}
    </div>
  );
}
