/** What went wrong, with the way out: the one place where errors are put into words on a page. */
import { Alert, Button, Code, List, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle } from '@tabler/icons-react';
import { errorTable, LdfError } from '../../errors.ts';

interface Told {
  title: string;
  message: string;
  hint: string | undefined;
  details: readonly { pointer: string; message: string; value?: string | undefined; hint?: string | undefined }[];
}

function tell(error: unknown): Told {
  if (error instanceof LdfError)
    return { title: errorTable[error.code].title, message: error.message, hint: error.hint, details: error.details };
  return { title: errorTable.internal.title, message: String(error), hint: undefined, details: [] };
}

export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return <Notice {...tell(error)} onRetry={onRetry} />;
}

function Notice({ title, message, hint, details, onRetry }: Told & { onRetry?: (() => void) | undefined }) {
  return (
    <Alert color="red" variant="light" title={title} icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {message}
        </Text>
        {details.length > 0 && (
          <List size="sm" spacing={4}>
            {details.map((detail) => (
              <List.Item key={`${detail.pointer} ${detail.message}`}>
                {detail.pointer && <Code>{detail.pointer}</Code>} {detail.message}
                {detail.hint && ` ${detail.hint}`}
              </List.Item>
            ))}
          </List>
        )}
        {hint && (
          <Text size="sm" fw={500} style={{ whiteSpace: 'pre-wrap' }}>
            {hint}
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="light" color="red" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** For what a click could not do, where the page itself is fine. */
export function notifyError(error: unknown): void {
  const { title, message, hint } = tell(error);
  notifications.show({ color: 'red', title, message: hint ? `${message} ${hint}` : message, autoClose: 15_000 });
}
