/** Every difference from the run that a stage was compared with. */
import { Code, Table, Text } from '@mantine/core';
import type { Comparison } from '../../../../model/stage-run.ts';
import { AnchorLink } from '../../../parts/anchor.tsx';

export function Differences({ compared, thisBuild }: { compared: Comparison; thisBuild: string }) {
  const { build, attempt, differences } = compared;
  const which = `attempt ${attempt} of ${build === thisBuild ? 'this build' : `build ${build}`}`;
  return (
    <div>
      <Text size="sm" c="dimmed">
        Compared with{' '}
        <AnchorLink to="/builds/$id" params={{ id: build }} search={{ tab: 'stages' }} size="sm" underline="always">
          {which}
        </AnchorLink>
        {differences.length === 0 && ': no difference'}
      </Text>
      {differences.length > 0 && (
        <Table.ScrollContainer minWidth={480} maxHeight={420}>
          <Table verticalSpacing={3} fz="xs" withRowBorders={false} striped>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>What</Table.Th>
                <Table.Th>Then</Table.Th>
                <Table.Th>Now</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {differences.map(({ what, before, after }) => (
                <Table.Tr key={what}>
                  <Table.Td>{what}</Table.Td>
                  <Table.Td>
                    <Value value={before} />
                  </Table.Td>
                  <Table.Td>
                    <Value value={after} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </div>
  );
}

/** That it differs is all that a hash tells; its beginning is enough. */
const wholeHash = /^((?:sha256:)?[0-9a-f]{16})[0-9a-f]{48}$/;

function Value({ value }: { value: string | null }) {
  if (value === null)
    return (
      <Text span c="dimmed" inherit>
        none
      </Text>
    );
  return (
    <Code style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} title={value}>
      {value.replace(wholeHash, '$1…')}
    </Code>
  );
}
