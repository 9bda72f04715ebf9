/** The same definition as text. What can be read is taken over at once; what cannot is kept until it is fixed. */
import { Stack, Text } from '@mantine/core';
import { useDeferredValue, useMemo } from 'react';
import { YamlEditor } from '../../parts/yaml-editor.tsx';
import { lineOfPointer, placeProblems } from '../../parts/yaml-text.ts';
import type { DraftState } from './use-draft.ts';
import { fromYaml } from './yaml.ts';
import { completionsAt } from './yaml-completions.ts';
import { withDraft } from './yaml-edit.ts';

interface YamlPaneProps {
  state: DraftState;
  /** The field of the form that is looked at, as a JSON pointer. */
  field?: string | undefined;
}

export default function YamlPane({ state, field }: YamlPaneProps) {
  const { draft, source, brokenText, setBrokenText, setSource, setDraft, schema, components } = state;
  const text = useMemo(() => brokenText ?? withDraft(source, draft), [brokenText, source, draft]);
  const judged = useDeferredValue(text);
  const problems = useMemo(() => {
    const read = fromYaml(judged);
    return 'problems' in read ? read.problems : placeProblems(judged, state.problems);
  }, [judged, state.problems]);
  const marked = useMemo(() => (field ? lineOfPointer(judged, field) : undefined), [judged, field]);
  const change = (next: string) => {
    const now = fromYaml(next);
    setBrokenText('problems' in now ? next : undefined);
    if (!('draft' in now)) return;
    setSource(next);
    setDraft(now.draft);
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        What the form shows, as text. Ctrl-Space completes keys and values. Comments stay while you edit and are
        exported; the server keeps what the definition says, without them.
      </Text>
      <YamlEditor
        label="The definition as YAML"
        text={text}
        problems={problems}
        marked={marked}
        complete={(written, at) => completionsAt(written, at, schema.data ?? {}, components.data ?? [])}
        onChange={change}
      />
    </Stack>
  );
}
