/** What is asked of a component that somebody adds, beyond its schema: that it is small, and that its patterns can be searched for. */
import { type ErrorDetail, jsonPointer, LdfError, printable } from '../errors.ts';
import { parseComponent } from './catalog.ts';
import type { Component, Contributions } from './component.ts';

/** A component as JSON, the files that it brings left out: plans are made with it again and again. */
export const maxComponentBytes = 64 << 10;

/** @throws LdfError `component.invalid` with every problem. */
export async function parseOwnComponent(value: unknown): Promise<Component> {
  const component = parseComponent(value);
  refuseLarge(component);
  const details = await patternProblems(component);
  if (details.length > 0)
    throw new LdfError('component.invalid', 'The component has patterns that cannot be searched for.', { details });
  return component;
}

function refuseLarge(component: Component): void {
  const bytes = Buffer.byteLength(JSON.stringify(component, (key, value) => (key === 'files' ? undefined : value)));
  if (bytes <= maxComponentBytes) return;
  throw new LdfError(
    'component.invalid',
    `The component is larger than ${maxComponentBytes >> 10} KiB without its files.`,
    {
      hint: 'Divide it into several that require each other.',
    },
  );
}

/**
 * The consoles of machines are searched with RE2, whose time grows with the length of a line and not beyond it. What it
 * does not have (look-around, back-references) is told now and not after a build.
 */
async function patternProblems(component: Component): Promise<ErrorDetail[]> {
  const patterns = [...patternsOf(component)];
  if (patterns.length === 0) return [];
  // Large, and few components have any.
  const { RE2JS, RE2JSException } = await import('re2js');
  return patterns.flatMap(({ pointer, pattern }) => {
    try {
      RE2JS.compile(pattern);
      return [];
    } catch (error) {
      if (!(error instanceof RE2JSException)) throw error;
      const hint = 'Write it in the syntax of RE2: no look-ahead or look-behind, and no back-references.';
      return [{ pointer, message: `is no pattern: ${error.message}`, value: printable(pattern), hint }];
    }
  });
}

function* patternsOf(component: Component): Generator<{ pointer: string; pattern: string }> {
  const all: [string[], Contributions | undefined][] = [
    [['contributes'], component.contributes],
    ...Object.entries(component.perArch).map(([arch, one]): [string[], Contributions] => [['perArch', arch], one]),
  ];
  for (const [path, contributions] of all)
    for (const sort of ['up', 'down'] as const)
      for (const [index, { pattern }] of (contributions?.console[sort] ?? []).entries())
        yield { pointer: jsonPointer([...path, 'console', sort, index, 'pattern']), pattern };
}
