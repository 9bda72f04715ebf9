/** What can be done with a log: choose whose it is, search it, and change how it is shown. */
import { ActionIcon, Checkbox, Group, Menu, Select, Text, TextInput, Tooltip } from '@mantine/core';
import {
  IconAlertCircle,
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDots,
  IconDownload,
  IconFold,
  IconFoldDown,
  IconSearch,
} from '@tabler/icons-react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import type { Found } from './use-log-search.ts';

export interface LogLooks {
  wrap: boolean;
  times: boolean;
}

interface LogToolbarProps {
  stages: readonly string[];
  stage: string;
  onStage: (stage: string) => void;
  /** Attempts of the stage, when there are several. */
  attempts: readonly number[];
  attempt: number | undefined;
  onAttempt: (attempt: number | undefined) => void;
  searchRef: Ref<HTMLInputElement>;
  words: string;
  onWords: (words: string) => void;
  found: Found;
  /** Which of the matches the log stands at, from 0. */
  at: number | undefined;
  onStep: (step: 1 | -1) => void;
  onFirstError: () => void;
  looks: LogLooks;
  onLooks: (looks: LogLooks) => void;
  onFoldAll: (open: boolean) => void;
  onCopy: () => void;
  onDownload: () => void;
}

export function LogToolbar(props: LogToolbarProps) {
  const { stages, stage, attempts, attempt, looks, onLooks } = props;
  return (
    <Group gap="xs" justify="space-between">
      <Group gap="xs">
        <Select
          aria-label="Stage"
          size="xs"
          w={130}
          data={[{ value: 'all', label: 'All stages' }, ...stages]}
          value={stage}
          allowDeselect={false}
          onChange={(value) => value && props.onStage(value)}
        />
        {attempts.length > 1 && (
          <Select
            aria-label="Attempt"
            size="xs"
            w={130}
            data={[
              { value: '', label: 'All attempts' },
              ...attempts.map((number) => ({ value: String(number), label: `Attempt ${number}` })),
            ]}
            value={attempt === undefined ? '' : String(attempt)}
            allowDeselect={false}
            onChange={(value) => props.onAttempt(value ? Number(value) : undefined)}
          />
        )}
        <SearchField {...props} />
      </Group>
      <Group gap="sm">
        <Checkbox
          size="xs"
          label="Wrap"
          checked={looks.wrap}
          onChange={(event) => onLooks({ ...looks, wrap: event.currentTarget.checked })}
        />
        <Checkbox
          size="xs"
          label="Times"
          checked={looks.times}
          onChange={(event) => onLooks({ ...looks, times: event.currentTarget.checked })}
        />
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="default" size="input-xs" aria-label="More about this log">
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconFold size={16} aria-hidden />} onClick={() => props.onFoldAll(false)}>
              Fold all
            </Menu.Item>
            <Menu.Item leftSection={<IconFoldDown size={16} aria-hidden />} onClick={() => props.onFoldAll(true)}>
              Unfold all
            </Menu.Item>
            <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={props.onCopy}>
              Copy this log
            </Menu.Item>
            <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} onClick={props.onDownload}>
              Download this log
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
    </Group>
  );
}

function SearchField({ searchRef, words, onWords, found, at, onStep, onFirstError }: LogToolbarProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onWords('');
    if (event.key !== 'Enter') return;
    event.preventDefault();
    onStep(event.shiftKey ? -1 : 1);
  };
  const none = words !== '' && found.done && found.count === 0;
  return (
    <Group gap={4} wrap="nowrap">
      <TextInput
        ref={searchRef}
        aria-label="Search the log"
        placeholder="Search"
        size="xs"
        w={170}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={words}
        error={none}
        onChange={(event) => onWords(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Step
        label="Previous match"
        icon={<IconArrowUp size={14} aria-hidden />}
        onClick={() => onStep(-1)}
        off={!found.count}
      />
      <Step
        label="Next match"
        icon={<IconArrowDown size={14} aria-hidden />}
        onClick={() => onStep(1)}
        off={!found.count}
      />
      <Step
        label="Jump to the first error"
        icon={<IconAlertCircle size={14} aria-hidden />}
        onClick={onFirstError}
        off={false}
      />
      {words !== '' && (
        <Text size="xs" role="status" data-testid="matches" style={{ whiteSpace: 'nowrap' }}>
          {countWords(found, at)}
        </Text>
      )}
    </Group>
  );
}

function countWords({ count, done }: Found, at: number | undefined): string {
  const all = `${count.toLocaleString()}${done ? '' : '…'}`;
  if (count === 0) return done ? 'no match' : 'searching…';
  return at === undefined ? `${all} ${count === 1 ? 'match' : 'matches'}` : `${(at + 1).toLocaleString()} of ${all}`;
}

function Step({ label, icon, onClick, off }: { label: string; icon: ReactNode; onClick: () => void; off: boolean }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="input-xs" aria-label={label} onClick={onClick} disabled={off}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
