/** A definition as a YAML file on the user's disk. */
import { notifyError } from '../../parts/error-notice.tsx';
import { saveFile } from '../../parts/save-file.ts';
import type { Draft } from './draft.ts';

/** @param source the text that the draft was read from: its comments are exported too */
export async function exportDefinition(draft: Draft, source?: string): Promise<void> {
  try {
    const { withDraft } = await import('./yaml-edit.ts');
    const name = typeof draft.name === 'string' ? draft.name : 'distribution';
    saveFile(`${name}.yaml`, new Blob([withDraft(source, draft)], { type: 'application/yaml' }));
  } catch (error) {
    notifyError(error);
  }
}
