import { describe, expect, it } from 'vitest';
import { type Catalog, loadCatalog } from '../../../src/catalog/catalog.ts';
import { Component } from '../../../src/catalog/component.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { LdfError } from '../../../src/errors.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import { AssembleParams } from '../../../src/stages/assemble/contract.ts';
import { fromComponent, fromDefinition } from '../../../src/stages/origin.ts';
import { imageIdentities, lockFor } from '../../fixtures/lock.ts';

const shipped = await loadCatalog('components');
const minimal = { name: 'minimal', arch: 'x86_64' };
const acme = { name: 'acme', make: 'date > node.key', files: [{ path: '/etc/acme/node.key' }] };

function assembleParams(value: object, catalog: Catalog = shipped): AssembleParams {
  const definition = parseDefinition(value);
  const lock = lockFor(planBuild({ definition, catalog, boot: true }).wishes);
  const { stages } = planBuild({ definition, catalog, boot: true, lock, images: imageIdentities });
  return AssembleParams.parse(stages.find(({ name }) => name === 'assemble')?.params);
}

function problemsOf(make: () => unknown) {
  try {
    make();
  } catch (error) {
    if (error instanceof LdfError) return error.details;
    throw error;
  }
  throw new Error('it was accepted');
}

/** A security component, that the definition chooses by its name, with an entry of its own. */
function catalogWith(name: string, path: string): Catalog {
  const entry = { ...acme, files: [{ path }] };
  const component = { kind: 'security', name, title: name, summary: name, contributes: { perMachine: [entry] } };
  return shipped.with([Component.parse(component)]);
}

describe('files that each machine makes', () => {
  it('reach the stage with their place; without any, the parameters are what they always were', () => {
    const params = assembleParams({ ...minimal, system: { perMachine: [acme], sharedFiles: ['/var/lib/acme'] } });
    expect(params.perMachine).toMatchObject([
      { name: 'acme', before: [], from: fromDefinition('/system/perMachine/0') },
    ]);
    expect(params.sharedFiles).toEqual(['/var/lib/acme']);
    expect(Object.keys(assembleParams(minimal))).not.toContain('perMachine');
    expect(Object.keys(assembleParams(minimal))).not.toContain('sharedFiles');
  });

  it("come from components, too, and the definition's entry of that name goes before", () => {
    const catalog = catalogWith('acme', '/etc/acme/component.key');
    const chosen = { ...minimal, security: 'acme' };
    expect(assembleParams(chosen, catalog).perMachine).toMatchObject([{ from: fromComponent('security/acme') }]);
    const own = assembleParams({ ...chosen, system: { perMachine: [acme] } }, catalog).perMachine;
    expect(own).toMatchObject([
      { from: fromDefinition('/system/perMachine/0'), files: [{ path: '/etc/acme/node.key' }] },
    ]);
  });

  const at = (system: object) => problemsOf(() => parseDefinition({ ...minimal, system }));

  it.each([
    ['two files of one name', { ...acme, files: [{ path: '/a/key' }, { path: '/b/key' }] }, '/files', 'same name'],
    ['no file', { ...acme, files: [] }, '/files', ''],
    ['a pattern without a group', withValue('^id='), '/files/0/values/0/pattern', 'exactly one group'],
    ['a pattern that is none', withValue('('), '/files/0/values/0/pattern', 'exactly one group'],
    ['an unknown key', { ...acme, after: [] }, '/after', 'unknown key'],
  ])('with %s are refused', (_what, entry, pointer, message) => {
    expect(at({ perMachine: [entry] })).toMatchObject([
      { pointer: `/system/perMachine/0${pointer}`, message: expect.stringContaining(message) },
    ]);
  });

  it('are made once: by one entry, not given as a file, and not shared', () => {
    expect(at({ perMachine: [acme, { ...acme, name: 'other' }] })).toMatchObject([
      { pointer: '/system/perMachine/1/files/0/path', message: expect.stringContaining('/system/perMachine/0') },
    ]);
    expect(at({ perMachine: [acme], files: [{ path: '/etc/acme/node.key', content: 'x' }] })).toHaveLength(1);
    expect(at({ perMachine: [acme], sharedFiles: ['/etc/acme/node.key'] })).toHaveLength(1);
  });
});

function withValue(pattern: string) {
  return { ...acme, files: [{ path: '/etc/acme/node.key', values: [{ pattern, placeholder: '@ID@' }] }] };
}
