/** The log of a build or of one of its stages, as it is written. */
import { Button, Paper, Stack, Text } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconArrowDown } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Build } from '../../../../model/build.ts';
import { client } from '../../../api.ts';
import { notifyError } from '../../../parts/error-notice.tsx';
import { readBlob, saveFile } from '../../../parts/save-file.ts';
import type { LogChoice } from '../build-search.ts';
import type { BuildFollower } from '../follow/build-follower.ts';
import { plainText } from './ansi.ts';
import { firstError } from './first-error.ts';
import classes from './log.module.css';
import { type Jump, LogLines } from './log-lines.tsx';
import { type LogLooks, LogToolbar } from './log-toolbar.tsx';
import type { LogView } from './log-view.ts';
import { linePattern, matchFrom } from './search.ts';
import type { Section } from './sections.ts';
import { useLogRows } from './use-log-rows.ts';
import { useLogSearch } from './use-log-search.ts';

interface LogPanelProps {
  build: Build;
  follower: BuildFollower;
  choice: LogChoice;
  onChoice: (choice: LogChoice) => void;
  /** Of the address, from 0. */
  line: number | undefined;
  onLine: (line: number) => void;
}

export function LogPanel({ build, follower, choice, onChoice, line, onLine }: LogPanelProps) {
  const { log } = follower;
  const { stage, attempt } = choice;
  const view = useMemo(() => log.view(stage, attempt), [log, stage, attempt]);
  const [looks, setLooks] = useLocalStorage<LogLooks>({
    key: 'ldf-log-looks',
    defaultValue: { wrap: false, times: false },
    getInitialValueInEffect: false,
  });
  const [following, setFollowing] = useState(line === undefined);
  const [jump, setJump] = useState<Jump>();
  const [words, setWords] = useState('');
  const [at, setAt] = useState<number>();
  const found = useLogSearch(log, view, words);
  const searchRef = useRef<HTMLInputElement>(null);
  const folds = useLogRows(follower, choice, following);
  const pattern = useMemo(() => (words === '' ? undefined : linePattern(words)), [words]);

  const goTo = (target: number) => {
    setFollowing(false);
    folds.show(target);
    setJump({ line: target });
  };
  useLineOfAddress(follower, view, line, goTo);

  /** Who opens a section wants its first lines in sight, not the end of the log. */
  const fold = (section: Section, open: boolean) => {
    if (open) setFollowing(false);
    folds.fold(section, open);
  };

  const step = (by: 1 | -1) => {
    if (found.count === 0) return;
    const next = at === undefined ? matchFrom(found.matches, line ?? 0) : (at + by + found.count) % found.count;
    setAt(next);
    goTo(found.matches[next] ?? 0);
  };
  const showFirstError = () => {
    const target = firstError(view);
    if (target === undefined) return notifications.show({ message: 'No errors found in this log.' });
    goTo(target);
    onLine(target);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // The browser's own search would see only the lines in sight.
    if (!(event.ctrlKey || event.metaKey) || event.key !== 'f') return;
    event.preventDefault();
    searchRef.current?.focus();
  };
  const attempts = build.stages.find(({ name }) => name === stage)?.attempt ?? 0;
  const label = stage === undefined ? 'Log of all stages' : `Log of ${stage}`;
  return (
    <Stack gap="xs" onKeyDown={onKeyDown}>
      <LogToolbar
        stages={build.stages.map(({ name }) => name)}
        stage={stage ?? 'all'}
        onStage={(name) => onChoice({ stage: build.stages.find((one) => one.name === name)?.name, attempt: undefined })}
        attempts={Array.from({ length: attempts }, (_, index) => index + 1)}
        attempt={attempt}
        onAttempt={(number) => onChoice({ stage, attempt: number })}
        searchRef={searchRef}
        words={words}
        onWords={(next) => {
          setWords(next);
          setAt(undefined);
        }}
        found={found}
        at={at}
        onStep={step}
        onFirstError={showFirstError}
        looks={looks}
        onLooks={setLooks}
        onFoldAll={folds.foldAll}
        onCopy={() => void copy(view)}
        onDownload={() => void download(build, choice)}
      />
      <Paper className={`${classes.box} ${looks.wrap ? classes.wrapped : ''}`}>
        <LogLines
          log={log}
          view={view}
          rows={folds.rows}
          onFold={fold}
          label={label}
          times={looks.times}
          wrap={looks.wrap}
          pattern={pattern}
          following={following}
          onFollow={setFollowing}
          jump={jump}
          chosen={line}
          current={at === undefined ? undefined : found.matches[at]}
          onChoose={onLine}
        />
        {!following && (
          <Button
            className={classes.end}
            size="xs"
            radius="xl"
            leftSection={<IconArrowDown size={14} aria-hidden />}
            onClick={() => setFollowing(true)}
          >
            Go to the end
          </Button>
        )}
      </Paper>
      <LogFooter follower={follower} view={view} />
    </Stack>
  );
}

function LogFooter({ follower, view }: { follower: BuildFollower; view: LogView }) {
  useSyncExternalStore(follower.log.subscribe, follower.log.version);
  const whole = useSyncExternalStore(follower.whole.subscribe, follower.whole.get);
  const lines = `${view.length.toLocaleString()} ${view.length === 1 ? 'line' : 'lines'}`;
  return (
    <Text size="xs" c="dimmed" data-testid="line-count">
      {whole ? (view.length === 0 ? 'No output yet.' : lines) : `Reading the log: ${lines} so far`}
    </Text>
  );
}

/** Goes to the line that the address names, as soon as it is there. */
function useLineOfAddress(
  { log }: BuildFollower,
  view: LogView,
  line: number | undefined,
  goTo: (line: number) => void,
): void {
  const version = useSyncExternalStore(log.subscribe, log.version);
  const shown = useRef<number>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: there are new lines with each version
  useEffect(() => {
    if (line === undefined || line === shown.current || line >= view.length) return;
    shown.current = line;
    goTo(line);
  }, [version, line, view]);
}

async function copy(view: LogView): Promise<void> {
  const lines = Array.from({ length: view.length }, (_, index) => plainText(view.text(index)));
  try {
    await navigator.clipboard.writeText(`${lines.join('\n')}\n`);
    notifications.show({ message: `${lines.length.toLocaleString()} lines copied.` });
  } catch (error) {
    notifyError(error);
  }
}

async function download({ id, name }: Build, { stage, attempt }: LogChoice): Promise<void> {
  try {
    const text = await readBlob(await client.builds.logText(id, { stage, attempt }), 'text/plain');
    saveFile(`${[name, id, stage, attempt].filter((part) => part !== undefined).join('-')}.log`, text);
  } catch (error) {
    notifyError(error);
  }
}
