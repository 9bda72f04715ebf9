/** Every example is one that people can begin with: it says in a line what it is, is valid, and is listed in README. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/catalog/catalog.ts';
import { parseDefinition, readYaml } from '../../src/definition/parse.ts';
import { readExamples, startingFrom } from '../../src/examples.ts';
import { planBuild } from '../../src/plan/plan.ts';

const examples = await readExamples('examples');

describe('the examples', () => {
  it('are these, the simple ones first', () => {
    const names = examples.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['minimal', 'instant']);
    expect(names.slice(2).sort()).toEqual([
      ...['appliance', 'ci-runner', 'container-host', 'edge-gateway', 'kiosk', 'router', 'web-server'],
    ]);
  });

  it('are all in the table of README, which names no other', async () => {
    const row = /^\| \[`([\w-]+)`\]\(examples\/([\w-]+)\.yaml\) +\| \S.{10,}\|$/gm;
    const listed = [...(await readFile('README.md', 'utf8')).matchAll(row)].map(([, name, file]) => ({ name, file }));
    const there = examples.map(({ name }) => ({ name, file: name }));
    expect(new Set(listed)).toEqual(new Set(there));
    expect(listed).toHaveLength(there.length);
  });

  describe.each(examples)('$name', ({ name, summary, yaml }) => {
    it('says in one line what it is', () => {
      expect(yaml).toMatch(/^# yaml-language-server: \$schema=\.\.\/docs\/definition\.schema\.json\n# [^\n]+\nname: /);
      expect(summary).toMatch(/^[A-Z][^\n]{20,120}\.$/);
    });

    it('is called as its file, and can be planned', async () => {
      const definition = parseDefinition(readYaml(yaml));
      expect(definition.name).toBe(name);
      planBuild({ definition, catalog: await loadCatalog('components'), boot: true });
    });

    it('lets nobody in by a password', () => {
      for (const user of parseDefinition(readYaml(yaml)).system.users) expect(user.passwordHash).toBeUndefined();
    });

    it('can be taken under another name, and is the same but for that', () => {
      const mine = parseDefinition(readYaml(startingFrom({ yaml }, 'mine')));
      expect(mine).toEqual({ ...parseDefinition(readYaml(yaml)), name: 'mine' });
    });
  });
});
