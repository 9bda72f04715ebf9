/** What LDF's files take on disk, against what they may. */
import { Button, ColorSwatch, Group, Progress, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { formatBytes } from '../../../amounts.ts';
import type { DiskReport } from '../../../model/disk.ts';
import { TitledCard } from '../../parts/titled-card.tsx';
import { CleanUpDialog } from './clean-up-dialog.tsx';
import { diskParts } from './disk-parts.ts';
import { Facts } from './facts.tsx';

export function DiskCard({ disk }: { disk: DiskReport }) {
  const [open, { open: show, close }] = useDisclosure();
  const { parts, wholeBytes } = diskParts(disk);
  return (
    <TitledCard
      title="Disk"
      actions={
        <Button variant="light" size="xs" leftSection={<IconTrash size={14} aria-hidden />} onClick={show}>
          Clean up…
        </Button>
      }
    >
      <Progress.Root size="xl" aria-hidden>
        {parts.map(({ name, sizeBytes, color }) => (
          <Progress.Section key={name} value={(100 * (sizeBytes ?? 0)) / wholeBytes} color={color} aria-label={name} />
        ))}
      </Progress.Root>
      <Group gap="lg">
        {parts.map(({ name, sizeBytes, color }) => (
          <Group key={name} gap={6} wrap="nowrap">
            <ColorSwatch size={12} color={`var(--mantine-color-${color}-6)`} withShadow={false} aria-hidden />
            <Text size="sm">
              {name}: {sizeBytes === null ? 'not measured' : formatBytes(sizeBytes)}
            </Text>
          </Group>
        ))}
      </Group>
      <Stack gap={0}>
        <Facts
          facts={{
            Total: formatBytes(disk.usedBytes),
            Budget: disk.budgetBytes === null ? 'No limit' : formatBytes(disk.budgetBytes),
            Reserve: `Keep ${formatBytes(disk.reserveBytes)} free`,
            Free: `${formatBytes(disk.freeBytes)} for artifacts${disk.dockerFreeBytes === null ? '' : `, ${formatBytes(disk.dockerFreeBytes)} for layers and sources`}`,
          }}
        />
      </Stack>
      <CleanUpDialog opened={open} onClose={close} />
    </TitledCard>
  );
}
