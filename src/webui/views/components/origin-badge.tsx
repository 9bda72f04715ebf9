import { Badge } from '@mantine/core';
import type { ListedComponent } from '../../../model/component.ts';

/** Whether a component comes with LDF or is the user's own. */
export function OriginBadge({ origin }: Pick<ListedComponent, 'origin'>) {
  const own = origin === 'user';
  return (
    <Badge variant="light" color={own ? 'grape' : 'gray'} tt="none" style={{ flexShrink: 0 }}>
      {own ? 'custom' : 'built-in'}
    </Badge>
  );
}
