/** Provisions on one line, by a label; nothing when there are none. */
import { Code, Group, Text } from '@mantine/core';
import { Fragment } from 'react';

export function Provisions({ label, names }: { label: string; names: readonly string[] }) {
  return <Needs label={label} requires={names.map((name) => [name])} />;
}

/** Each is one provision, or several of which one will do. */
export function Needs({ label = 'Requires', requires }: { label?: string; requires: readonly (readonly string[])[] }) {
  if (requires.length === 0) return null;
  return (
    <Group gap={4} component="p" m={0}>
      <Text size="sm" c="dimmed" span>
        {label}
      </Text>
      {requires.map((ways) => (
        <span key={ways.join()}>
          {ways.map((provision, index) => (
            <Fragment key={provision}>
              {index > 0 && ' or '}
              <Code>{provision}</Code>
            </Fragment>
          ))}
        </span>
      ))}
    </Group>
  );
}
