/** How a component fits in: what it provides, requires and conflicts with, and who is meant by that. */
import { Code, Group, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ListedComponent } from '../../../model/component.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { dependentsOf, idOf, providersOf, provisionsOf, rivalsOf } from './relations.ts';

interface RelationTableProps {
  component: ListedComponent;
  all: readonly ListedComponent[];
}

export function RelationTable({ component, all }: RelationTableProps) {
  const dependents = dependentsOf(component, all);
  const rivals = rivalsOf(component, all);
  return (
    <Table variant="vertical" withRowBorders={false} layout="auto">
      <Table.Tbody>
        <Row label="Provides" empty={false}>
          {provisionsOf(component).map((provision) => (
            <Code key={provision}>{provision}</Code>
          ))}
        </Row>
        <Row label="Requires" empty={component.requires.length === 0}>
          {component.requires.map((ways) => (
            <Requirement key={ways.join()} ways={ways} all={all} />
          ))}
        </Row>
        <Row label="Conflicts with" empty={component.conflicts.length === 0 && rivals.length === 0}>
          {component.conflicts.map((provision) => (
            <Code key={provision}>{provision}</Code>
          ))}
          <Links components={rivals} />
        </Row>
        <Row label="Required by" empty={dependents.length === 0}>
          <Links components={dependents} />
        </Row>
      </Table.Tbody>
    </Table>
  );
}

function Row({ label, empty, children }: { label: string; empty: boolean; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={140} style={{ verticalAlign: 'top' }}>
        {label}
      </Table.Th>
      <Table.Td>{empty ? <Text c="dimmed">nothing</Text> : <Group gap="xs">{children}</Group>}</Table.Td>
    </Table.Tr>
  );
}

/** A provision, or several of which one will do, with the components that provide it. */
function Requirement({ ways, all }: { ways: readonly string[]; all: readonly ListedComponent[] }) {
  return (
    <Group gap={6}>
      {ways.map((provision, index) => (
        <Group gap={6} key={provision}>
          {index > 0 && <Text span>or</Text>}
          <Code>{provision}</Code>
          <Links components={providersOf(provision, all)} none="provided by none" />
        </Group>
      ))}
    </Group>
  );
}

function Links({ components, none }: { components: readonly ListedComponent[]; none?: string }) {
  if (components.length === 0) return none ? <Text c="red">{none}</Text> : null;
  return components.map((component) => (
    <AnchorLink key={idOf(component)} to="/components/$kind/$name" params={component} size="sm">
      {component.title}
    </AnchorLink>
  ));
}
