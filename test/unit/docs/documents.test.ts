/** The YAML that README and docs/ show is what the schemas and the planner take. */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadCatalog, parseComponent } from '../../../src/catalog/catalog.ts';
import { parseDefinition, readYaml } from '../../../src/definition/parse.ts';
import { planBuild } from '../../../src/plan/plan.ts';

/** The YAML blocks of a document that describe one whole thing. */
async function yamlBlocks(document: string, key: string): Promise<string[]> {
  const text = await readFile(document, 'utf8');
  const blocks = [...text.matchAll(/```yaml\n(.*?)```/gs)].map((block) => block[1] ?? '');
  return blocks.filter((block) => new RegExp(`^${key}:`, 'm').test(block));
}

describe('the documents', () => {
  it('show definitions that can be planned', async () => {
    const catalog = await loadCatalog('components');
    const shown = await Promise.all(['README.md', 'docs/partitions.md'].map((path) => yamlBlocks(path, 'name')));
    expect(shown.map(({ length }) => length)).toEqual([1, 1]);
    for (const text of shown.flat()) planBuild({ definition: parseDefinition(readYaml(text)), catalog, boot: true });
  });

  it('show a definition and a boot loader of one’s own that can be planned', async () => {
    const [definition, component, other, ...more] = await yamlBlocks('docs/boot-loaders.md', '(?:arch|kind)');
    expect(more).toEqual([]);
    const own = parseComponent(readYaml(component ?? '', 'component.invalid'));
    const catalog = (await loadCatalog('components')).with([own]);
    const written = parseDefinition(readYaml(definition ?? ''));
    for (const bootloader of [written.bootloader, own.name])
      planBuild({ definition: { ...written, bootloader }, catalog, boot: true });
    planBuild({ definition: parseDefinition(readYaml(other ?? '')), catalog, boot: true });
  });

  it('come with examples that can be planned', async () => {
    const catalog = await loadCatalog('components');
    for (const file of (await readdir('examples')).filter((name) => name.endsWith('.yaml'))) {
      const definition = parseDefinition(readYaml(await readFile(`examples/${file}`, 'utf8')));
      planBuild({ definition, catalog, boot: true });
    }
  });

  it('show a component as it is in the catalog', async () => {
    // Those that come with a part of their own are in adding-a-part.test.ts.
    const shown = (await yamlBlocks('docs/adding-a-component.md', 'kind')).filter((text) => !/^use:/m.test(text));
    expect(shown).toHaveLength(1);
    for (const text of shown) {
      const component = parseComponent(readYaml(text, 'component.invalid'));
      const catalog = await loadCatalog('components');
      const definition = parseDefinition({ name: 'shown', arch: 'x86_64', [component.kind]: component.name });
      const { composition } = planBuild({ definition, catalog, boot: true });
      expect(composition.components.map((entry) => entry.component)).toContainEqual(component);
    }
  });
});
