/** Capabilities on one line, by a label; nothing when there are none. */
import { Code, Group, Text } from '@mantine/core';
import { Fragment } from 'react';

export function Capabilities({ label, names }: { label: string; names: readonly string[] }) {
  return <Needs label={label} requires={names.map((name) => [name])} />;
}

/** Each is one capability, or several of which one will do. */
export function Needs({ label = 'Requires', requires }: { label?: string; requires: readonly (readonly string[])[] }) {
  if (requires.length === 0) return null;
  return (
    <Group gap={4} component="p" m={0}>
      <Text size="sm" c="dimmed" span>
        {label}
      </Text>
      {requires.map((ways) => (
        <span key={ways.join()}>
          {ways.map((capability, index) => (
            <Fragment key={capability}>
              {index > 0 && ' or '}
              <Code>{capability}</Code>
            </Fragment>
          ))}
        </span>
      ))}
    </Group>
  );
}
