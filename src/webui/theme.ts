import { createTheme } from '@mantine/core';

/** System fonts: nothing is fetched. Shades are those that reach the AA contrast of WCAG 2.2 on both backgrounds. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", Consolas, monospace',
  headings: { fontWeight: '650' },
});
