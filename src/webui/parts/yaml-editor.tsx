/** A text with numbered lines, those with problems marked, and the problems below: each leads to its line. */
import { Alert, Anchor, Box, Group, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useRef } from 'react';
import classes from './yaml-editor.module.css';
import type { TextProblem } from './yaml-text.ts';

interface YamlEditorProps {
  label: string;
  text: string;
  problems: readonly TextProblem[];
  onChange(text: string): void;
}

export function YamlEditor({ label, text, problems, onChange }: YamlEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = text.split('\n');
  const broken = new Set(problems.map(({ line }) => line));
  const goTo = (line: number) => {
    const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
    area.current?.focus();
    area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  return (
    <>
      <Problems problems={problems} onGo={goTo} />
      <Box className={classes.editor}>
        <div className={classes.gutter} aria-hidden>
          {lines.map((_line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has no name but its number
            <div key={index} data-broken={broken.has(index + 1) || undefined}>
              {index + 1}
            </div>
          ))}
        </div>
        <textarea
          ref={area}
          className={classes.text}
          aria-label={label}
          aria-invalid={problems.length > 0}
          rows={lines.length}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          value={text}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </Box>
    </>
  );
}

function Problems({ problems, onGo }: { problems: readonly TextProblem[]; onGo(line: number): void }) {
  if (problems.length === 0) return null;
  const title = problems.length === 1 ? 'There is a problem' : `There are ${problems.length} problems`;
  return (
    <Alert color="red" variant="light" title={title} icon={<IconAlertTriangle aria-hidden />} role="alert">
      <List size="sm" spacing={4}>
        {problems.map(({ line, message, hint }) => (
          <List.Item key={`${line} ${message}`}>
            <Group gap={6} align="baseline">
              {line !== undefined && (
                <Anchor component="button" type="button" size="sm" onClick={() => onGo(line)}>
                  Line {line}
                </Anchor>
              )}
              <Text size="sm" span style={{ overflowWrap: 'anywhere' }}>
                {message}
                {hint && <b> {hint}</b>}
              </Text>
            </Group>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
