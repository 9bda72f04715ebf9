/** A definition as a YAML file on the user's disk. */
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { notifyError } from '../../parts/error-notice.tsx';
import type { Draft } from './draft.ts';

export function ExportButton({ draft }: { draft: Draft }) {
  const save = async () => {
    try {
      const { toYaml } = await import('./yaml.ts');
      download(`${typeof draft.name === 'string' ? draft.name : 'distribution'}.yaml`, toYaml(draft));
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => void save()}>
      Export
    </Button>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
