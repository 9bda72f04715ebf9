/** What a run of each stage may use. */
import { Code, Table, Text } from '@mantine/core';
import type { SettingStatus } from '../../../model/system.ts';
import { stageLimits } from './stage-limits.ts';

export function LimitTable({ settings }: { settings: readonly SettingStatus[] }) {
  const { limits, rows } = stageLimits(settings);
  return (
    <>
      <Text size="sm" c="dimmed" maw="75ch">
        What one run of a stage may use before it is stopped. The variable is{' '}
        <Code>LDF_STAGE_&lt;limit&gt;_&lt;stage&gt;</Code>; values from the environment are in bold. 0 = all CPUs.
      </Text>
      <Table.ScrollContainer
        minWidth={640}
        type="native"
        tabIndex={0}
        role="region"
        aria-label="Limits of stages, scrolls sideways"
      >
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Stage</Table.Th>
              {limits.map((limit) => (
                <Table.Th key={limit} ff="monospace" fz="xs">
                  {limit}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ stage, cells }) => (
              <Table.Tr key={stage}>
                <Table.Th scope="row">{stage}</Table.Th>
                {cells.map((cell, index) => (
                  <Table.Td
                    key={limits[index]}
                    title={cell && `${cell.name}: ${cell.description}`}
                    fw={cell?.given ? 700 : undefined}
                  >
                    {cell?.value}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}
