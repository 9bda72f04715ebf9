/** Schemas in words: a type, and for objects what they hold. */
import { Code, Stack, Table, Text } from '@mantine/core';
import { AnchorLink } from '../../parts/anchor.tsx';
import { type Property, propertiesOf, type Schema, type TypePart, typeOf } from './document.ts';
import { Foldable } from './foldable.tsx';

export function SchemaCard({ name, schema }: { name: string; schema: Schema }) {
  return (
    <Foldable id={`schema-${name}`} head={<Code fz="sm">{name}</Code>}>
      <SchemaView schema={schema} />
    </Foldable>
  );
}

export function SchemaView({ schema }: { schema: Schema }) {
  const properties = propertiesOf(schema);
  return (
    <Stack gap="xs">
      {typeof schema.description === 'string' && <Text size="sm">{schema.description}</Text>}
      {(properties.length === 0 || typeof schema.$ref === 'string') && <TypeWords parts={typeOf(schema)} />}
      {properties.length > 0 && <PropertyTable properties={properties} />}
    </Stack>
  );
}

export function TypeWords({ parts }: { parts: readonly TypePart[] }) {
  let place = 0;
  return (
    <Text size="sm" ff="monospace" span style={{ overflowWrap: 'anywhere' }}>
      {parts.map(({ text, schema }) => {
        place += text.length;
        return schema === undefined ? (
          <span key={place}>{text}</span>
        ) : (
          <AnchorLink key={place} to="/docs" hash={`schema-${schema}`} inherit underline="always">
            {text}
          </AnchorLink>
        );
      })}
    </Text>
  );
}

function PropertyTable({ properties }: { properties: readonly Property[] }) {
  return (
    <Table verticalSpacing={4} withTableBorder={false} layout="fixed">
      <Table.Tbody>
        {properties.map(({ name, type, required, description, properties: inner }) => (
          <Table.Tr key={name}>
            <Table.Th w={{ base: '38%', sm: 200 }} scope="row" style={{ verticalAlign: 'top' }}>
              <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                {name}
              </Text>
              {!required && (
                <Text size="xs" c="dimmed">
                  optional
                </Text>
              )}
            </Table.Th>
            <Table.Td style={{ verticalAlign: 'top' }}>
              <TypeWords parts={type} />
              {description && (
                <Text size="sm" c="dimmed">
                  {description}
                </Text>
              )}
              {inner.length > 0 && <PropertyTable properties={inner} />}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
