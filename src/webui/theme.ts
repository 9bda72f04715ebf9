import { Alert, type CSSVariablesResolver, createTheme } from '@mantine/core';

/** System fonts: nothing is fetched. Shades are those that reach the AA contrast of WCAG 2.2 on both backgrounds. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", Consolas, monospace',
  headings: { fontWeight: '650' },
  // What is wide in it, such as lines of a log, scrolls in its own box.
  components: { Alert: Alert.extend({ styles: { body: { minWidth: 0 } } }) },
});

/** Mantine's own dimmed text, and its light variant in bright colours, stay below the contrast of 4.5 that AA asks for. */
export const cssVariables: CSSVariablesResolver = (theme) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': theme.colors.gray[7],
    ...Object.fromEntries(
      Object.entries(theme.colors).map(([name, shades]) => [
        `--mantine-color-${name}-light-color`,
        `color-mix(in srgb, ${shades[9]}, black 25%)`,
      ]),
    ),
  },
  dark: { '--mantine-color-dimmed': theme.colors.dark[1] },
});
