/** The views that one goes to from everywhere. */
import {
  IconApi,
  IconBox,
  IconHammer,
  IconPuzzle,
  IconServer,
  IconSettings,
  IconStack2,
  type TablerIcon,
} from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';

interface View {
  to: NonNullable<LinkProps['to']>;
  label: string;
  icon: TablerIcon;
}

export const navigation: readonly View[] = [
  { to: '/distributions', label: 'Distributions', icon: IconStack2 },
  { to: '/builds', label: 'Builds', icon: IconHammer },
  { to: '/components', label: 'Components', icon: IconPuzzle },
  { to: '/stage-images', label: 'Stage images', icon: IconBox },
  { to: '/system', label: 'System', icon: IconServer },
  { to: '/settings', label: 'Settings', icon: IconSettings },
  { to: '/docs', label: 'API reference', icon: IconApi },
];
