/** Whether building again from nothing gave the same bytes, and where the first difference is. */
import { Alert, Button, Card, Code, Stack, Table, Text } from '@mantine/core';
import { IconCheck, IconQuestionMark, IconX } from '@tabler/icons-react';
import type { Build } from '../../../model/build.ts';
import type { Reproducibility } from '../../../model/reproducibility.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { Ago } from '../../parts/time.tsx';
import { canVerify, useVerify } from './actions/use-verify.tsx';

const verdicts = {
  same: { color: 'green', icon: <IconCheck aria-hidden />, title: 'Reproducible: the same bytes again' },
  different: { color: 'red', icon: <IconX aria-hidden />, title: 'Not reproducible: other bytes' },
  failed: { color: 'yellow', icon: <IconQuestionMark aria-hidden />, title: 'The builds could not be compared' },
} as const;

export function Verification({ build }: { build: Build }) {
  const { reproducible } = build;
  const { ask, busy } = useVerify(build);
  if (!reproducible)
    return (
      <Card withBorder padding="lg">
        <Stack gap="xs" align="flex-start">
          <Text fw={600}>Whether this build is reproducible, byte for byte, has not been checked</Text>
          <Text size="sm" c="dimmed">
            {canVerify(build)
              ? 'Building again from nothing, in a different environment, and comparing every artifact proves it.'
              : 'Only a build that has succeeded can be compared with.'}
          </Text>
          {canVerify(build) && (
            <Button variant="light" onClick={ask} loading={busy}>
              Build again and compare
            </Button>
          )}
        </Stack>
      </Card>
    );
  return <Verdict found={reproducible} />;
}

function Verdict({ found }: { found: Reproducibility }) {
  const { state, by, at, artifacts, firstDifference } = found;
  const { color, icon, title } = verdicts[state];
  return (
    <Stack gap="sm">
      <Alert color={color} variant="light" icon={icon} title={title}>
        Found by{' '}
        <AnchorLink to="/builds/$id" params={{ id: by }} size="sm" underline="always">
          build {by}
        </AnchorLink>
        , <Ago time={at} />.
        {firstDifference && (
          <Text size="sm" mt={6}>
            First difference: <Code>{firstDifference.member ?? firstDifference.path}</Code>
            {firstDifference.member !== null && (
              <>
                {' in '}
                <Code>{firstDifference.path}</Code>
              </>
            )}{' '}
            of stage {firstDifference.stage}: {firstDifference.how}
          </Text>
        )}
      </Alert>
      {artifacts.length > 0 && <Compared found={found} />}
    </Stack>
  );
}

function Compared({ found: { artifacts } }: { found: Reproducibility }) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing={6} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Artifact</Table.Th>
            <Table.Th>This build</Table.Th>
            <Table.Th>Built again</Table.Th>
            <Table.Th>Comparison</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {artifacts.map(({ name, sha256, again, same, firstDifferentByte }) => (
            <Table.Tr key={name}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{name}</Table.Td>
              <Table.Td>
                <Hash sha256={sha256} />
              </Table.Td>
              <Table.Td>
                <Hash sha256={again} />
              </Table.Td>
              <Table.Td>
                {same
                  ? 'the same'
                  : firstDifferentByte === null
                    ? 'different'
                    : `differs from byte ${firstDifferentByte.toLocaleString()} on`}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Hash({ sha256 }: { sha256: string | null }) {
  return sha256 === null ? 'not there' : <Code title={sha256}>{sha256.slice(0, 16)}…</Code>;
}
