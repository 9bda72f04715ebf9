/** Which keys do what on this page. */
import { Group, Kbd, Modal, Stack, Switch, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { usePageActions } from './page-actions.ts';
import { areShortcutsOn, switchShortcuts } from './shortcut-setting.ts';
import { viewKeys } from './shortcuts.ts';

interface Shortcut {
  label: string;
  keys: readonly string[];
}

const everywhere: readonly Shortcut[] = [
  { label: 'Search and commands', keys: ['Ctrl', 'K'] },
  { label: 'Search on this page', keys: ['/'] },
  ...viewKeys.map(({ key, label }) => ({ label, keys: ['g', key] })),
  { label: 'This list', keys: ['?'] },
];

export default function ShortcutHelp({ onClose }: { onClose: () => void }) {
  const [on, setOn] = useState(areShortcutsOn);
  const here = usePageActions().flatMap(({ label, key }) => (key === undefined ? [] : [{ label, keys: [key] }]));
  return (
    <Modal
      opened
      onClose={onClose}
      title={<Text fw={650}>Keyboard shortcuts</Text>}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="md">
        {here.length > 0 && <Shortcuts title="On this page" shortcuts={here} />}
        <Shortcuts title="Everywhere" shortcuts={everywhere} />
        <Switch
          label="Single-key shortcuts"
          description="Off, only Ctrl-K (⌘K) works."
          checked={on}
          onChange={({ currentTarget }) => {
            switchShortcuts(currentTarget.checked);
            setOn(currentTarget.checked);
          }}
        />
      </Stack>
    </Modal>
  );
}

function Shortcuts({ title, shortcuts }: { title: string; shortcuts: readonly Shortcut[] }) {
  return (
    <div>
      <Title order={3} size="h6" mb={4}>
        {title}
      </Title>
      <Table verticalSpacing={4} horizontalSpacing={0}>
        <Table.Tbody>
          {shortcuts.map(({ label, keys }) => (
            <Table.Tr key={label}>
              <Table.Td>{label}</Table.Td>
              <Table.Td>
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
