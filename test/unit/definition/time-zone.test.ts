/** UTC by any of its names needs no package: planning and assembling go by the same list. */
import { expect, it } from 'vitest';
import { loadCatalog } from '../../../src/catalog/catalog.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { planBuild } from '../../../src/plan/plan.ts';

const catalog = await loadCatalog('components');

function packagesWith(timezone: string): string[] {
  const definition = parseDefinition({ name: 'minimal', arch: 'x86_64', system: { timezone } });
  return planBuild({ definition, catalog, boot: true }).wishes.packages.names.map(({ name }) => name);
}

it.each(['UTC', 'UCT', 'Universal', 'Zulu', 'Etc/UTC', 'Etc/Zulu'])('%s brings no zones along', (timezone) => {
  expect(packagesWith(timezone)).not.toContain('tzdata');
});

it('another zone does', () => {
  expect(packagesWith('Europe/Berlin')).toContain('tzdata');
});
