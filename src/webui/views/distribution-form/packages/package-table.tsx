/** The chosen packages, each with what is wrong with it; below, on request, all that come with them. */
import { ActionIcon, Collapse, Table, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight, IconX } from '@tabler/icons-react';
import { memo, type ReactNode, useState } from 'react';
import { formatBytes, formatCount } from '../../../../amounts.ts';
import type { ChosenPackage, InstalledPackage } from './installed.ts';
import classes from './package-table.module.css';

interface TableProps {
  chosen: readonly ChosenPackage[];
  others: readonly InstalledPackage[];
  /** What is wrong with each of the chosen ones. */
  troubles: readonly (string | undefined)[];
  /** Whether versions and sizes answer the definition as it stands. */
  current: boolean;
  /** Whether the lock has what packages take when they are installed; else their downloads are shown. */
  installedSizes: boolean;
  onRemove: (index: number) => void;
}

export const PackageTable = memo(function PackageTable(props: TableProps) {
  const { chosen, others, troubles, current, installedSizes, onRemove } = props;
  if (chosen.length === 0 && others.length === 0) return null;
  return (
    <>
      <div className={classes.scroll}>
        <Table verticalSpacing={3} horizontalSpacing="xs" stickyHeader layout="fixed">
          <Head installedSizes={installedSizes} removable />
          <Table.Tbody>
            {chosen.map((one, index) => (
              <Table.Tr key={one.written} data-package={one.written}>
                <Table.Td className={classes.name}>
                  <span>{one.written}</span>
                  {troubles[index] && (
                    <Text size="xs" c="red">
                      {troubles[index]}
                    </Text>
                  )}
                </Table.Td>
                {one.found ? <Amounts of={one.found} /> : <Unknown>{withoutVersion(one, current)}</Unknown>}
                <Table.Td>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="sm"
                    aria-label={`Remove ${one.written}`}
                    onClick={() => onRemove(index)}
                  >
                    <IconX size={14} aria-hidden />
                  </ActionIcon>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {others.length > 0 && <Others packages={others} installedSizes={installedSizes} />}
    </>
  );
});

function withoutVersion({ leaveOut }: ChosenPackage, current: boolean): string {
  if (leaveOut) return 'left out';
  return current ? 'provided by another package' : 'not resolved yet';
}

function Head({ installedSizes, removable }: { installedSizes: boolean; removable: boolean }) {
  return (
    <Table.Thead>
      <Table.Tr>
        <Table.Th>Package</Table.Th>
        <Table.Th>Version</Table.Th>
        <Table.Th className={classes.size}>{installedSizes ? 'Installed' : 'Download'}</Table.Th>
        {removable && <Table.Td className={classes.action} />}
      </Table.Tr>
    </Table.Thead>
  );
}

function Amounts({ of: { version, sizeBytes, installedBytes } }: { of: InstalledPackage }) {
  return (
    <>
      <Table.Td className={classes.version}>{version}</Table.Td>
      <Table.Td
        className={classes.size}
        title={installedBytes === undefined ? undefined : `${formatBytes(sizeBytes)} to download`}
      >
        {formatBytes(installedBytes ?? sizeBytes)}
      </Table.Td>
    </>
  );
}

function Unknown({ children }: { children: ReactNode }) {
  return (
    <Table.Td colSpan={2} c="dimmed">
      {children}
    </Table.Td>
  );
}

/** More are found by their names. */
const mostShown = 200;

function Others({ packages, installedSizes }: { packages: readonly InstalledPackage[]; installedSizes: boolean }) {
  const [open, { toggle }] = useDisclosure();
  const [text, setText] = useState('');
  const Icon = open ? IconChevronDown : IconChevronRight;
  const found = packages.filter(({ name }) => name.includes(text.trim().toLowerCase()));
  return (
    <>
      <UnstyledButton onClick={toggle} aria-expanded={open} className={classes.fold}>
        <Icon size={16} aria-hidden /> {formatCount(packages.length, 'package')} that components and dependencies add
      </UnstyledButton>
      <Collapse expanded={open}>
        {open && (
          <>
            <TextInput
              size="xs"
              maw={320}
              aria-label="Search what is added"
              placeholder="Search by name"
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <div className={classes.scroll}>
              <Table verticalSpacing={3} horizontalSpacing="xs" stickyHeader layout="fixed">
                <Head installedSizes={installedSizes} removable={false} />
                <Table.Tbody>
                  {found.slice(0, mostShown).map((one) => (
                    <Table.Tr key={one.name}>
                      <Table.Td className={classes.name}>
                        <span>{one.name}</span>
                      </Table.Td>
                      <Amounts of={one} />
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
            {found.length > mostShown && (
              <Text size="xs" c="dimmed">
                {found.length - mostShown} more; search for them by name.
              </Text>
            )}
          </>
        )}
      </Collapse>
    </>
  );
}
