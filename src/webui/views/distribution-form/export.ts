/** A definition as a YAML file on the user's disk. */
import { notifyError } from '../../parts/error-notice.tsx';
import type { Draft } from './draft.ts';

export async function exportDefinition(draft: Draft): Promise<void> {
  try {
    const { toYaml } = await import('./yaml.ts');
    download(`${typeof draft.name === 'string' ? draft.name : 'distribution'}.yaml`, toYaml(draft));
  } catch (error) {
    notifyError(error);
  }
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
