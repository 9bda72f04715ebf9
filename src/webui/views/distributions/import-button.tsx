/** A definition from a file, into the form of a new distribution. */
import { Button, FileButton } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { notifyError } from '../../parts/error-notice.tsx';
import { keepImported } from '../distribution-form/start.ts';

export function ImportButton() {
  const navigate = useNavigate();
  const take = async (file: File | null) => {
    if (!file) return;
    try {
      keepImported(await file.text());
      await navigate({ to: '/distributions/new', search: { from: 'file' } });
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <FileButton onChange={(file) => void take(file)} accept=".yaml,.yml,.json,application/yaml,application/json">
      {(props) => (
        <Button {...props} variant="default" leftSection={<IconFileImport size={16} aria-hidden />}>
          Import YAML
        </Button>
      )}
    </FileButton>
  );
}
