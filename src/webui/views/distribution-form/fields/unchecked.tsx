/** What of a field is not judged yet: said beside it, so that nobody takes it for judged. */
import { Text } from '@mantine/core';
import type { Path } from '../draft.ts';
import { useForm } from '../form-context.ts';
import { problemsAt, told } from '../problems.ts';

/** @param below whether what the field holds is shown in it, too */
export function Unchecked({ path, below }: { path: Path; below: boolean }) {
  const text = told(problemsAt(useForm().unchecked, path, below));
  if (text === undefined) return null;
  return (
    <Text size="xs" c="dimmed" mt={4} style={{ overflowWrap: 'anywhere' }}>
      Not checked yet: {text}
    </Text>
  );
}
