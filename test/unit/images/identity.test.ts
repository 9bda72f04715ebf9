import { describe, expect, it } from 'vitest';
import { imageIdentity } from '../../../src/images/identity.ts';
import { makeImage } from '../../fixtures/memory-image-engine.ts';

describe('an identity', () => {
  const image = makeImage('x', { label: '1' });

  it('is made of layers and of what changes a run, and of nothing else', () => {
    const identity = imageIdentity(image);
    expect(imageIdentity(makeImage('x'))).toBe(identity);
    expect(imageIdentity({ ...image, config: { ...image.config, workingDir: '/' } })).toBe(identity);
    const others = [
      { ...image, layers: [...image.layers, 'sha256:2'] },
      { ...image, config: { ...image.config, entrypoint: ['sh'] } },
      { ...image, config: { ...image.config, cmd: ['x'] } },
      { ...image, config: { ...image.config, env: [] } },
      { ...image, config: { ...image.config, user: '1000' } },
      { ...image, config: { ...image.config, workingDir: '/tmp' } },
    ].map(imageIdentity);
    expect(new Set([identity, ...others]).size).toBe(7);
  });
});
