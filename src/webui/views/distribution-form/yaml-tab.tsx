/** The same definition as text. What can be read is taken over at once; what cannot is kept until it is fixed. */
import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { YamlEditor } from '../../parts/yaml-editor.tsx';
import { placeProblems } from '../../parts/yaml-text.ts';
import type { DraftState } from './use-draft.ts';
import { fromYaml } from './yaml.ts';
import { withDraft } from './yaml-edit.ts';

export default function YamlTab({ state }: { state: DraftState }) {
  const [text, setText] = useState(() => state.brokenText ?? withDraft(state.source, state.draft));
  const read = fromYaml(text);
  const problems = 'problems' in read ? read.problems : placeProblems(text, state.problems);
  const change = (next: string) => {
    setText(next);
    const now = fromYaml(next);
    state.setBrokenText('problems' in now ? next : undefined);
    if (!('draft' in now)) return;
    state.setSource(next);
    state.setDraft(now.draft);
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        What the form shows, as text. Defaults need not be written. Comments stay while you edit and are exported; the
        server keeps what the definition says, without them.
      </Text>
      <YamlEditor label="The definition as YAML" text={text} problems={problems} onChange={change} />
    </Stack>
  );
}
