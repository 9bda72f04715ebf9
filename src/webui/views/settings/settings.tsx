/** How this page looks, and what the server was started with: that is for reading, the environment sets it. */
import { Badge, Code, Group, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { SettingStatus } from '../../../model/system.ts';
import { client } from '../../api.ts';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { TitledCard } from '../../parts/titled-card.tsx';
import { LimitTable } from './limit-table.tsx';

export function Settings() {
  const query = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => client.settings(signal),
  });
  const { data } = query;
  return (
    <Page title="Settings" about="Appearance and current server settings (read-only).">
      <Appearance />
      <QueryStatus query={query} />
      {data && (
        <>
          <TitledCard title="Server">
            <Text size="sm" c="dimmed" maw="75ch">
              Each is an environment variable of <Code>ldf serve</Code>. To change one, set it there and restart the
              server; running builds continue.
            </Text>
            <Stack gap="md">
              {data
                .filter(({ stage }) => stage === null)
                .map((setting) => (
                  <SettingRow key={setting.name} setting={setting} />
                ))}
            </Stack>
          </TitledCard>
          <TitledCard title="Limits of stages">
            <LimitTable settings={data} />
          </TitledCard>
        </>
      )}
    </Page>
  );
}

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <TitledCard title="Appearance">
      <SegmentedControl
        aria-label="Colours"
        style={{ alignSelf: 'flex-start' }}
        value={colorScheme}
        onChange={(value) => setColorScheme(value === 'light' || value === 'dark' ? value : 'auto')}
        data={[
          { value: 'auto', label: 'System' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
    </TitledCard>
  );
}

function SettingRow({ setting: { name, description, value, given } }: { setting: SettingStatus }) {
  return (
    <div data-setting={name}>
      <Group gap="xs" align="baseline" style={{ overflowWrap: 'anywhere' }}>
        <Text size="sm" ff="monospace" fw={600} w={{ base: 'auto', sm: 240 }}>
          {name}
        </Text>
        {value === '' ? (
          <Text size="sm" c="dimmed">
            not set
          </Text>
        ) : (
          <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
        )}
        {given && <FromEnvironment />}
      </Group>
      <Text size="sm" c="dimmed" maw="75ch" style={{ overflowWrap: 'anywhere' }}>
        {description}
      </Text>
    </div>
  );
}

function FromEnvironment() {
  return (
    <Badge variant="light" tt="none" size="sm">
      from the environment
    </Badge>
  );
}
