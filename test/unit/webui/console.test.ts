import { describe, expect, it } from 'vitest';
import { Definition } from '../../../src/definition/definition.ts';
import { namesWithPassword } from '../../../src/webui/views/console/names-with-password.ts';
import { secondsLeft } from '../../../src/webui/views/console/seconds-left.ts';

describe('who can log in at a console', () => {
  const users = (list: unknown[]) => Definition.parse({ name: 'gw', arch: 'x86_64', system: { users: list } });

  it('is who has a password', () => {
    const passwordHash = '$6$salt$hash';
    expect(namesWithPassword(users([{ name: 'root', passwordHash }, { name: 'ops' }]))).toEqual(['root']);
    expect(namesWithPassword(users([]))).toEqual([]);
  });

  it('is not known of a definition of another form', () => {
    expect(namesWithPassword({ system: 'x' })).toBeUndefined();
  });
});

it('a machine has half an hour', () => {
  expect([0, 1_999, 1_800_000, 9_000_000].map((nowMs) => secondsLeft(0, nowMs))).toEqual([1800, 1799, 0, 0]);
});
