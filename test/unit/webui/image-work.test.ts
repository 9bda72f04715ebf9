/** Work on stage images as the page follows it. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImageProgress } from '../../../src/client/client.ts';
import { buildLabel } from '../../../src/webui/views/stage-images/build-label.ts';
import { ImageWork } from '../../../src/webui/views/stage-images/image-work.ts';

const onEnd = vi.fn();
let work: ImageWork;
beforeEach(() => {
  onEnd.mockReset();
  work = new ImageWork(onEnd);
});

const step = (image: ImageProgress['image'], text: string): ImageProgress => ({
  ...{ image, kind: 'step', step: 1, steps: 3, text },
});
const log = (text: string): ImageProgress => ({ image: 'base', kind: 'log', step: 0, steps: 0, text });

async function* saying(...all: ImageProgress[]): AsyncGenerator<ImageProgress> {
  yield* all;
}

describe('work on stage images', () => {
  it('has the newest step of each image and the last lines, and ends', async () => {
    const lines = Array.from({ length: 250 }, (_one, index) => log(`line ${index}`));
    await work.start('Building', () =>
      saying(step('base', 'one'), step('base', 'two'), step('boot-tester', 'one'), ...lines),
    );
    const { running, outcome, steps, lines: kept } = work.state();
    expect({ running, outcome }).toEqual({ running: false, outcome: { ok: true } });
    expect([...steps.values()].map(({ image, text }) => `${image} ${text}`)).toEqual(['base two', 'boot-tester one']);
    expect([kept.length, kept[0]?.number, kept.at(-1)]).toEqual([
      ...[200, 51],
      { number: 250, image: 'base', text: 'line 249' },
    ]);
    expect(onEnd).toHaveBeenCalledOnce();
  });

  it('that fails keeps what it said', async () => {
    await work.start('Building', async function* () {
      yield log('E: no space');
      throw new Error('full');
    });
    expect(work.state()).toMatchObject({
      running: false,
      lines: [{ image: 'base', text: 'E: no space' }],
      outcome: { ok: false },
    });
  });

  it('is one at a time, and can be cancelled', async () => {
    const first = work.start(
      'Loading',
      (signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    await work.start('Pulling', () => saying(log('never')));
    expect(work.state()).toMatchObject({ title: 'Loading', running: true, lines: [] });
    const seen = vi.fn();
    const leave = work.watch(seen);
    work.cancel();
    await first;
    expect(seen).toHaveBeenCalled();
    leave();
    expect(work.state()).toMatchObject({ title: undefined, running: false });
  });
});

it('the button says what building would do', () => {
  const label = (...states: Parameters<typeof buildLabel>[0][number]['state'][]) =>
    buildLabel(states.map((state) => ({ state })));
  expect(label('ok', 'ok')).toBe('Up to date');
  expect(label('ok', 'missing')).toBe('Build missing');
  expect(label('ok', 'stale')).toBe('Rebuild outdated');
  expect(label('stale', 'missing')).toBe('Build missing and outdated');
  expect(label('mismatch', 'missing')).toBe('Rebuild outdated');
});
