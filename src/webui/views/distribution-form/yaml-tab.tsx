/** The same definition as text. What can be read is taken over at once; what cannot is kept until it is mended. */
import { Alert, Anchor, Box, List, Stack, Text, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import type { DraftState } from './use-draft.ts';
import { faultLines, fromYaml, type LineFault, toYaml } from './yaml.ts';

export default function YamlTab({ state }: { state: DraftState }) {
  const [text, setText] = useState(() => state.brokenText ?? toYaml(state.draft));
  const area = useRef<HTMLTextAreaElement>(null);
  const read = fromYaml(text);
  const faults = 'faults' in read ? read.faults : faultLines(text, state.faults);
  const change = (next: string) => {
    setText(next);
    const now = fromYaml(next);
    state.setBrokenText('faults' in now ? next : undefined);
    if ('draft' in now) state.setDraft(now.draft);
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        What the form shows, as text. Defaults need not be written. Comments are not kept when it is saved.
      </Text>
      {faults.length > 0 && <LineFaults faults={faults} onGo={(line) => goTo(area.current, line)} />}
      <Numbered text={text} wrong={new Set(faults.map(({ line }) => line))}>
        <Textarea
          ref={area}
          aria-label="The definition as YAML"
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
          autosize
          minRows={16}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          styles={{ root: { flex: 1, minWidth: 0 }, input: { ...lines, overflowX: 'auto' } }}
        />
      </Numbered>
    </Stack>
  );
}

const lines = {
  fontFamily: 'var(--mantine-font-family-monospace)',
  fontSize: 13,
  lineHeight: '20px',
  paddingTop: 8,
  paddingBottom: 8,
} as const;

function Numbered(props: { text: string; wrong: ReadonlySet<number | null>; children: React.ReactNode }) {
  const numbers = Array.from({ length: props.text.split('\n').length }, (_, index) => index + 1);
  return (
    <Box style={{ display: 'flex' }}>
      <Box aria-hidden pr={8} style={{ ...lines, paddingTop: 9, textAlign: 'right', userSelect: 'none', minWidth: 36 }}>
        {numbers.map((number) => (
          <Text
            key={number}
            c={props.wrong.has(number) ? 'red' : 'dimmed'}
            fw={props.wrong.has(number) ? 700 : 400}
            style={{ font: 'inherit', lineHeight: 'inherit' }}
          >
            {number}
          </Text>
        ))}
      </Box>
      {props.children}
    </Box>
  );
}

function LineFaults({ faults, onGo }: { faults: readonly LineFault[]; onGo: (line: number) => void }) {
  return (
    <Alert color="red" variant="light" role="alert">
      <List size="sm" spacing={2}>
        {faults.map(({ line, message }) => (
          <List.Item key={`${line} ${message}`}>
            {line !== null && (
              <Anchor component="button" type="button" size="sm" onClick={() => onGo(line)}>
                Line {line}
              </Anchor>
            )}
            {line === null ? message : `: ${message}`}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function goTo(area: HTMLTextAreaElement | null, line: number): void {
  if (!area) return;
  const before = area.value.split('\n').slice(0, line - 1);
  const start = before.reduce((sum, one) => sum + one.length + 1, 0);
  const end = area.value.indexOf('\n', start);
  area.focus();
  area.setSelectionRange(start, end < 0 ? area.value.length : end);
}
