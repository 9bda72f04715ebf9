/** What is said of words that are none, and which server a command asks. */
import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Served } from '../../fixtures/engine/served.ts';
import { Gate } from '../engine/harness.ts';
import { CliWorld } from './cli-world.ts';
import { at } from './terminal.ts';

describe('usage', () => {
  let world: CliWorld;

  beforeAll(async () => {
    world = await CliWorld.open({ idle: true });
  });
  beforeEach(() => {
    world.freshTerminal();
  });
  afterAll(() => world.close());

  it.each([
    [['build'], 'Name either a definition file'],
    [['build', 'edge', '-f', 'distro.yaml'], 'Name either a definition file'],
    [['build', 'edge', '--priority', '101'], 'It must be a whole number from -100 to 100.'],
    [['build', 'edge', '--arch', 'mips'], 'Allowed choices are x86_64, aarch64.'],
    [['build', 'edge', '--foramt', 'raw'], 'Did you mean --format?'],
    [['buidl'], 'Did you mean build?'],
    [['validate'], "required option '-f, --file <file>' not specified"],
    [['builds', '--limit', '0'], 'It must be a whole number from 1 to 200.'],
    [['images', 'save', 'kernel-bilder', '--output', 'x'], 'They are: kernel-builder'],
    [['show', '01BUILD', '--server', 'ci:8080'], 'Write it as http://HOST:PORT.'],
    [['build', '-f', 'nosuch.yaml'], 'The definition nosuch.yaml cannot be read: no such file or directory.'],
    [['show', 'nosuch'], 'There is no build and no distribution "nosuch".'],
    [[], 'Usage: ldf'],
  ])('%j ends with 2 and says what is wrong', async (words, expected) => {
    expect(await world.ldf(...words)).toBe(2);
    expect(world.terminal.err()).toContain(expected);
    expect(world.terminal.out()).toBe('');
  });

  it('help is no error', async () => {
    expect(await world.ldf('--help')).toBe(0);
    expect(world.terminal.out()).toContain('From a definition:\n  init');
    expect(world.terminal.out()).toContain('4  the server does not answer');
    expect(await world.ldf('serve', '--help-env')).toBe(0);
    expect(world.terminal.out()).toContain('LDF_STAGE_TIMEOUT_COMPILE');
  });

  it('ends with 4 when the server does not answer', async () => {
    const gone = await Served.open(world.api.app);
    await gone.close();
    expect(await world.ldf('builds', '--server', gone.url)).toBe(4);
    expect(world.terminal.err()).toContain('does not answer');
  });
});

describe('the server of a command', () => {
  let world: CliWorld;

  beforeEach(async () => {
    world = await CliWorld.open();
    world.freshTerminal({ LDF_DATA_DIR: world.folder });
  });
  afterEach(() => world.close());

  const notice = (url: string, temporary: boolean) =>
    writeFile(world.file('server.json'), JSON.stringify({ url, pid: process.pid, startedAt: at(0), temporary }));

  it('is one that runs on the data folder', async () => {
    const { id } = await world.built();
    await notice(world.server.url, false);
    expect(await world.ldf('builds')).toBe(0);
    expect(world.terminal.out()).toContain(`${id}  1  edge 1.2`);
  });

  it('is waited for when it is temporary, and replaced by the next when it goes', async () => {
    await world.distribution();
    const compiling = new Gate();
    world.runtime.script('compile', async (stage) => {
      await compiling.opened;
      world.clock.passSeconds(59);
      return stage.succeed<'compile'>({ release: '6', image: 'bzImage', modules: null }, { bzImage: 'x' });
    });
    const first = await Served.open(world.api.another(new AbortController().signal));
    await notice(first.url, true);
    const building = world.ldf('build', 'edge');
    await expect.poll(() => world.terminal.err()).toContain('compile: started');
    await notice(world.server.url, true);
    await first.close();
    await expect
      .poll(() => world.server.requests.map(({ path }) => path))
      .toContainEqual(expect.stringMatching(/\/events$/));
    compiling.open();
    expect(await building).toBe(0);
    expect(world.terminal.err()).toContain('✓ edge 1.2 (x86_64) succeeded in 59s');
  });
});
