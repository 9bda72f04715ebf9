/** The serial console of a boot as it was recorded, played back in a terminal. */
import { Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconPlayerPlay, IconPlayerSkipForward } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Artifact } from '../../../../model/artifact.ts';
import { ErrorNotice } from '../../../parts/error-notice.tsx';
import { QueryStatus } from '../../../parts/query-status.tsx';
import { contentPath, contentQuery } from './content.ts';
import { openTerminal, type Playback } from './terminal.ts';

/** The recording has no times: this is how fast it is read. */
const speeds = { slow: 2_000, normal: 12_000, fast: 60_000 } as const;
type Speed = keyof typeof speeds;

export function ConsoleReplay({ artifact, onClose }: { artifact: Artifact; onClose: () => void }) {
  const query = useQuery(contentQuery(artifact));
  return (
    <Modal opened onClose={onClose} title={artifact.name} size="xl" styles={{ title: { overflowWrap: 'anywhere' } }}>
      <QueryStatus query={query} loading="Loading the console" />
      {query.data && <Player recorded={query.data} artifact={artifact} />}
    </Modal>
  );
}

function Player({ recorded, artifact }: { recorded: Uint8Array; artifact: Artifact }) {
  const box = useRef<HTMLDivElement>(null);
  const playback = useRef<Playback>(undefined);
  const [speed, setSpeed] = useState<Speed>('normal');
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    if (!box.current) return;
    const left = new AbortController();
    openTerminal(box.current, recorded, left.signal).then((opened) => {
      playback.current = opened;
      // Whoever does not want movement sees the end at once.
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      opened?.play(still ? Number.POSITIVE_INFINITY : speeds.normal);
    }, setProblem);
    return () => left.abort();
  }, [recorded]);
  if (problem) return <ErrorNotice error={problem} />;
  return (
    <Stack gap="xs">
      <div ref={box} data-testid="console" style={{ height: 'min(60dvh, 460px)', background: '#101214', padding: 6 }} />
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Button
            size="xs"
            variant="light"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            onClick={() => playback.current?.play(speeds[speed])}
          >
            Play again
          </Button>
          <Button
            size="xs"
            variant="light"
            leftSection={<IconPlayerSkipForward size={14} aria-hidden />}
            onClick={() => playback.current?.finish()}
          >
            To the end
          </Button>
          <SegmentedControl
            size="xs"
            aria-label="Speed"
            value={speed}
            onChange={(value) => {
              const chosen: Speed = value === 'slow' || value === 'fast' ? value : 'normal';
              setSpeed(chosen);
              playback.current?.setSpeed(speeds[chosen]);
            }}
            data={Object.keys(speeds)}
          />
        </Group>
        <Button component="a" href={contentPath(artifact.id)} download={artifact.name} size="xs" variant="default">
          Download
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        What the machine wrote to its serial console. When it wrote it is not recorded.
      </Text>
    </Stack>
  );
}
