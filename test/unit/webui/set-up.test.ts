import { describe, expect, it } from 'vitest';
import type { StageImageStatus } from '../../../src/model/stage-image.ts';
import { imageNames, usualImages } from '../../../src/stages/names.ts';
import { setUp } from '../../../src/webui/views/stage-images/set-up.ts';

const at = '2026-01-01T00:00:00.000Z';
const images = (...states: StageImageStatus['state'][]) =>
  usualImages.map((name, index) => ({ name, state: states[index] ?? 'ok' }));

describe('setting up', () => {
  it('is over when nothing is missing; what is outdated has been set up before', () => {
    expect(setUp(images(), [])).toBeUndefined();
    expect(setUp(images('stale'), [])).toBeUndefined();
    expect(setUp(images('stale'), [{ startedAt: at, images: [] }])).toBeDefined();
  });

  it('shows what is missing, and that nobody works on it', () => {
    expect(setUp(images('missing'), [])).toMatchObject({
      startedAt: null,
      share: 0.75,
      rows: [
        { name: imageNames[0], state: 'waiting', note: '' },
        { state: 'ready' },
        { state: 'ready' },
        { state: 'ready' },
      ],
    });
  });

  it('shows how far each of them is, and all of them together', () => {
    const [first, second] = imageNames;
    const told = setUp(images('missing', 'missing', 'missing', 'missing'), [
      {
        startedAt: at,
        images: [
          { image: 'base', step: 0, steps: 0, text: 'unpacking', startedAt: at, endedAt: at },
          { image: first, step: 3, steps: 4, text: 'RUN apt-get install', startedAt: at, endedAt: null },
          { image: second, step: 4, steps: 4, text: 'COPY', startedAt: at, endedAt: at },
        ],
      },
    ]);
    expect(told?.startedAt).toBe(at);
    expect(told?.rows.map(({ name, state, note }) => [name, state, note])).toEqual([
      ['base', 'ready', ''],
      [first, 'working', 'step 3 of 4: RUN apt-get install'],
      [second, 'ready', ''],
      [imageNames[2], 'waiting', ''],
      [imageNames[3], 'waiting', ''],
    ]);
    // Two of five are ready, and half of a third.
    expect(told?.share).toBeCloseTo((2 + 2 / 4) / 5);
  });
});
