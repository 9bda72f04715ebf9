/** A definition as a YAML file on the user's disk. */
import { notifyError } from '../../parts/error-notice.tsx';
import { saveFile } from '../../parts/save-file.ts';
import type { Draft } from './draft.ts';

export async function exportDefinition(draft: Draft): Promise<void> {
  try {
    const { toYaml } = await import('./yaml.ts');
    const name = typeof draft.name === 'string' ? draft.name : 'distribution';
    saveFile(`${name}.yaml`, new Blob([toYaml(draft)], { type: 'application/yaml' }));
  } catch (error) {
    notifyError(error);
  }
}
