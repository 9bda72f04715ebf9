/** A component in a list: what it is, what it needs, and how much it brings. */
import { Group, Stack, Text } from '@mantine/core';
import type { ListedComponent } from '../../../model/component.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import classes from './component-row.module.css';
import { countsOf } from './contributions.ts';
import { OriginBadge } from './origin-badge.tsx';
import { Needs, Provisions } from './provisions.tsx';
import { idOf } from './relations.ts';

export function ComponentRow({ component }: { component: ListedComponent }) {
  const { kind, name, title, summary, arch, provides, requires, conflicts, origin, spec } = component;
  return (
    <li className={classes.row} data-component={idOf(component)}>
      <div>
        <Group gap="xs">
          <AnchorLink to="/components/$kind/$name" params={{ kind, name }} fw={600}>
            {title}
          </AnchorLink>
          <OriginBadge origin={origin} />
        </Group>
        <Text size="xs" c="dimmed" ff="monospace">
          {idOf(component)} · {arch.join(', ')}
        </Text>
        <Text size="sm" mt={4}>
          {summary}
        </Text>
      </div>
      <Stack gap={4} pt={2}>
        <Provisions label="Provides" names={provides} />
        <Needs requires={requires} />
        <Provisions label="Conflicts with" names={conflicts} />
      </Stack>
      <Text size="sm" c="dimmed" pt={2}>
        {countsOf(spec).join(', ')}
      </Text>
    </li>
  );
}
