/** A text with numbered lines, those with problems marked, and the problems below: each leads to its line. */
import { Alert, Anchor, Box, Group, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useId, useRef } from 'react';
import type { Complete, Completion } from './completion.ts';
import { useCompletion } from './yaml-completion.ts';
import classes from './yaml-editor.module.css';
import type { TextProblem } from './yaml-text.ts';

interface YamlEditorProps {
  label: string;
  text: string;
  problems: readonly TextProblem[];
  /** The line that is looked at elsewhere, from 1. */
  marked?: number | undefined;
  /** What may stand at a place. */
  complete?: Complete;
  onChange(text: string): void;
}

export function YamlEditor({ label, text, problems, marked, complete, onChange }: YamlEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const completion = useCompletion(area, complete);
  const lines = text.split('\n');
  const broken = new Set(problems.map(({ line }) => line));
  const { offers, chosen } = completion;
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
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: a line has no name but its number
              key={index}
              data-broken={broken.has(index + 1) || undefined}
              data-marked={marked === index + 1 || undefined}
            >
              {index + 1}
            </div>
          ))}
        </div>
        <div className={classes.field}>
          <textarea
            ref={area}
            className={classes.text}
            aria-label={label}
            aria-invalid={problems.length > 0}
            {...(offers.length > 0 && { 'aria-controls': listId, 'aria-activedescendant': `${listId}-${chosen}` })}
            aria-autocomplete={complete ? 'list' : undefined}
            rows={lines.length}
            wrap="off"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            value={text}
            onChange={({ currentTarget }) => {
              onChange(currentTarget.value);
              completion.typed();
            }}
            onKeyDown={completion.onKeyDown}
            onBlur={completion.close}
            onClick={completion.close}
          />
          {offers.length > 0 && (
            <Offers
              id={listId}
              offers={offers}
              chosen={chosen}
              place={placeAt(text, offers[0]?.from ?? 0)}
              onAccept={completion.accept}
            />
          )}
        </div>
      </Box>
    </>
  );
}

interface OffersProps {
  id: string;
  offers: readonly Completion[];
  chosen: number;
  place: { row: number; column: number };
  onAccept: (offer: Completion) => void;
}

/** Below the line that is written, as far in as what it completes. */
function Offers({ id, offers, chosen, place: { row, column }, onAccept }: OffersProps) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="What may stand here"
      className={classes.offers}
      style={{ top: `calc(8px + ${row + 1} * 1.55em)`, left: `min(12px + ${column} * 1ch, 40%)` }}
    >
      {offers.map((offer, index) => (
        <div
          key={offer.word}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          className={classes.offer}
          onMouseDown={(event) => {
            // The text keeps the focus.
            event.preventDefault();
            onAccept(offer);
          }}
        >
          {offer.word} <span className={classes.about}>{offer.about}</span>
        </div>
      ))}
    </div>
  );
}

function placeAt(text: string, offset: number): { row: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { row: before.length - 1, column: before.at(-1)?.length ?? 0 };
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
