/** The list of stages: what it has to hold, and what follows from it. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { stages } from '../../../src/stages/index.ts';
import { fromComponent, fromDefinition } from '../../../src/stages/origin.ts';
import { findStage, stageNamed, stageNames, stagesOf, stageWithResult } from '../../../src/stages/registry.ts';
import { checkedStages, defineStage, leavesLayer, type Stage } from '../../../src/stages/stage.ts';

const scan = (change: Partial<Stage> = {}): Stage => ({
  ...defineStage({
    contract: { stage: 'scan', params: z.strictObject({}), data: z.strictObject({}) },
    image: 'image-packager',
    after: ['package'],
    inputs: ['package'],
    limits: { timeout: '1m', memory: '1G', output: '1G' },
    guess: { outputBytes: 0, scratchBytes: 0 },
    result: 'layer',
    plan: () => ({ params: {} }),
  }),
  ...change,
});

describe('kernel options', () => {
  const { kernelOptions } = stageNamed('prepare');
  const option = { symbol: 'CONFIG_EPOLL', value: 'y', from: 'init/systemd' };
  const options = [{ ...option, orModule: false, optional: false }];

  it('are read from what builds recorded before a request named the source of the kernel', () => {
    const before = { form: 'binary', version: '6.12.57', sources: [], options, sourceDate: 1 };
    expect(kernelOptions(before)).toEqual([option]);
    expect(kernelOptions({ ...before, source: { use: 'debian-binary', params: {} } })).toEqual([option]);
  });

  it('name the definition or the component that asks for them', () => {
    const [own, other] = [
      { ...option, from: fromDefinition('/kernel/config/options/CONFIG_EPOLL') },
      { ...option, from: fromComponent('init/systemd') },
    ];
    const from = (one: object) => kernelOptions({ options: [{ ...one, orModule: false, strength: 'required' }] });
    expect(from(own)).toEqual([{ ...option, from: 'definition' }]);
    expect(from(other)).toEqual([option]);
  });

  it('are none where nothing asks for any', () => {
    for (const params of [null, {}, { options: 'all' }]) expect(kernelOptions(params)).toBeNull();
    expect(stageNamed('boot').kernelOptions({ options })).toBeNull();
  });
});

describe('the list of stages', () => {
  it('is in an order in which they can run', () => {
    const usual = ['resolve', 'download', 'prepare', 'compile', 'base', 'assemble', 'package', 'boot'];
    const every = [...usual.slice(0, 6), 'initramfs', ...usual.slice(6)];
    const namesOf = (boot: boolean, definition: unknown) => stagesOf({ boot, definition }).map(({ name }) => name);
    expect(stageNames).toEqual(every);
    expect(namesOf(true, { initramfs: 'minimal' })).toEqual(usual);
    // A definition of a time when there was nothing to choose.
    expect(namesOf(false, {})).toEqual(usual.slice(0, -1));
    expect(namesOf(true, { initramfs: 'dracut' })).toEqual(every);
    expect(stages.filter(leavesLayer).map(({ name }) => name)).toEqual(stageNames.slice(2));
    expect(stageWithResult('artifacts').name).toBe('package');
    expect(findStage('scan')).toBeUndefined();
  });

  it('takes one more', () => {
    expect(checkedStages([...stages, scan()]).at(-1)?.name).toBe('scan');
  });

  it.each([
    ['a name twice', [...stages, scan({ name: 'boot' })], 'stage boot is listed twice'],
    ['an input that comes later', [scan(), ...stages], 'stage scan needs package, which is not listed before it'],
    ['an unknown stage', [...stages, scan({ after: ['sign'] })], 'stage scan needs sign'],
    [
      'an input without a layer',
      [...stages, scan({ inputs: ['download'] })],
      'stage scan reads download, which leaves no layer',
    ],
    [
      'two locks',
      [...stages, scan({ result: 'lock' })],
      'stage scan must give the lock if it is the first, and only then',
    ],
    [
      'two stages with artifacts',
      [...stages, scan({ result: 'artifacts' })],
      'only one, must have the result artifacts',
    ],
  ])('is refused with %s', (_what, list, message) => {
    expect(() => checkedStages(list)).toThrow(message);
  });

  it.each(['Scan', 'scan-image', '', 'a'.repeat(33)])('has no stage called %j', (stage) => {
    const contract = { stage, params: z.strictObject({}), data: z.strictObject({}) };
    const limits = { timeout: '1m', memory: '1G', output: '1G' };
    const rest = { image: 'image-packager', after: [], guess: { outputBytes: 0, scratchBytes: 0 } } as const;
    expect(() => defineStage({ ...rest, contract, limits, result: 'layer', plan: () => null })).toThrow(
      'must be lower-case',
    );
  });
});
