import { expect, test } from 'vitest';
import { checkBase } from '../../../../stage-images/kernel-builder/configure.ts';

test('a base that is no .config is refused, with the lines that are wrong', () => {
  expect(() => checkBase({ content: 'CONFIG_A=y\nA: y\n' })).toThrow(
    expect.objectContaining({
      error: expect.objectContaining({
        code: 'kernel.base-invalid',
        details: [expect.objectContaining({ pointer: '/kernel/config/base/content', value: 'A: y' })],
      }),
    }),
  );
});

test('a .config and the named bases are fine', () => {
  checkBase({ content: '# Linux/x86 6.12\nCONFIG_A=y\n# CONFIG_B is not set\n' });
  checkBase('tiny');
});
