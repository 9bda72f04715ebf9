import { describe, expect, it } from 'vitest';
import { exitCodeOf, exitCodeOfBuild } from '../../../src/cli/exit-codes.ts';
import { type ErrorCode, errorTable, LdfError } from '../../../src/errors.ts';

const codes = Object.keys(errorTable).filter((code): code is ErrorCode => code in errorTable);

describe('exit codes', () => {
  it.each([
    ['usage', 2],
    ['definition.invalid', 2],
    ['definition.impossible', 2],
    ['lock.invalid', 2],
    ['not-found', 2],
    ['images.missing', 1],
    ['docker.unavailable', 1],
    ['storage.full', 1],
    ['queue.full', 1],
    ['stage.failed', 1],
    ['build.cancelled', 3],
    ['server.unreachable', 4],
  ] as const)('of %s is %d', (code, expected) => expect(exitCodeOf(new LdfError(code, 'x'))).toBe(expected));

  it('know every error there is, and call none of them done', () => {
    for (const code of codes) expect([1, 2, 3, 4]).toContain(exitCodeOf(new LdfError(code, 'x')));
  });

  it('take anything unexpected for a fault of ours', () => expect(exitCodeOf(new TypeError('x'))).toBe(1));

  it('say how a build ended', () => {
    expect((['succeeded', 'failed', 'cancelled', 'queued', 'running'] as const).map(exitCodeOfBuild)).toEqual([
      0, 1, 3, 0, 0,
    ]);
  });
});
