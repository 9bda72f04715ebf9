/** `--json`: one document on stdout, whatever came of the command. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { asksForJson } from '../../../src/cli/json.ts';
import { LdfError } from '../../../src/errors.ts';
import { envelopeOf, errorOf, resultOf } from '../../fixtures/cli-result.ts';
import { Served } from '../../fixtures/engine/served.ts';
import { CliWorld } from './cli-world.ts';

let world: CliWorld;
let id: string;

beforeAll(async () => {
  world = await CliWorld.open();
  id = (await world.built()).id;
});
beforeEach(() => {
  world.server.answers.clear();
  world.freshTerminal();
});
afterAll(() => world.close());

it.each([
  [['show', 'nosuch', '--json'], 2, 'not-found'],
  [['builds', '--limit', '0', '--json'], 2, 'usage'],
  [['validate', '-f', 'nosuch.yaml', '--json'], 2, 'usage'],
  [['build', '--json'], 2, 'usage'],
  [['nosuch', '--json'], 2, 'usage'],
  [['components', 'nosuch', '--json'], 2, 'not-found'],
])('%j prints its error', async (words, exitCode, code) => {
  expect(await world.ldf(...words)).toBe(exitCode);
  expect(errorOf(world.terminal.out()).code).toBe(code);
  expect(errorOf(world.terminal.out()).message).not.toMatch(/^error:|\n/);
  expect(world.terminal.err()).not.toBe('');
});

it('an error has every problem, and a server that is away is one', async () => {
  const details = [{ pointer: '/arch', message: 'has no kernel', hint: 'Take another.' }];
  world.server.answers.set('POST /v1/distributions/validate', () => {
    throw new LdfError('definition.impossible', 'It cannot be built.', { details });
  });
  expect(await world.ldf('validate', '-f', 'distro.yaml', '--json')).toBe(2);
  expect(errorOf(world.terminal.out())).toEqual({
    code: 'definition.impossible',
    message: 'distro.yaml: It cannot be built.',
    hint: null,
    details: [{ ...details[0], message: 'line 3: has no kernel' }],
  });
  const gone = await Served.open(world.api.app);
  await gone.close();
  world.freshTerminal();
  expect(await world.ldf('builds', '--server', gone.url, '--json')).toBe(4);
  expect(errorOf(world.terminal.out()).code).toBe('server.unreachable');
});

it('lists are all of one form', async () => {
  for (const words of [
    ['builds'],
    ['distributions'],
    ['artifacts', id],
    ['why', id],
    ['images', 'list'],
    ['components'],
  ]) {
    world.freshTerminal();
    expect(await world.ldf(...words, '--json')).toBe(0);
    expect(envelopeOf(world.terminal.out())).toMatchObject({ ok: true, result: { items: expect.any(Array) } });
  }
});

it('a build that fails is told with its error and the build itself', async () => {
  world.runtime.script('assemble', async (stage) =>
    stage.fail({ code: 'package.unknown', message: 'No package nosuch.', hint: 'Check it.' }),
  );
  expect(await world.ldf('build', '-f', 'distro.yaml', '--no-cache', '--wait', '--json')).toBe(1);
  expect(errorOf(world.terminal.out())).toMatchObject({
    code: 'package.unknown',
    message: 'No package nosuch.',
    hint: 'Check it.',
  });
  expect(resultOf(world.terminal.out())).toMatchObject({ state: 'failed' });
  world.runtime.script('assemble');
});

it('a log is one entry a line, and its error is a line too', async () => {
  expect(await world.ldf('logs', id, '--json')).toBe(0);
  for (const line of world.terminal.out().trimEnd().split('\n'))
    expect(JSON.parse(line)).toMatchObject({ type: 'log' });
  world.freshTerminal();
  expect(await world.ldf('logs', 'nosuch', '--json')).toBe(2);
  expect(world.terminal.out().trimEnd().split('\n')).toHaveLength(1);
  expect(errorOf(world.terminal.out()).code).toBe('not-found');
});

it('is asked for by a word before --', () => {
  expect(asksForJson(['show', 'x', '--json'])).toBe(true);
  expect(asksForJson(['show', '--', '--json'])).toBe(false);
});
