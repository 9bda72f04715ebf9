import { expect, it } from 'vitest';
import { describeAttempts } from '../../../src/engine/views/describe.ts';
import { concealedText } from '../../../src/secrets.ts';
import type { BuildRecord } from '../../../src/store/builds.ts';
import type { StageRunRecord } from '../../../src/store/stage-runs.ts';

const never = new Date(0);
const build: BuildRecord = {
  ...{ number: 1, timeFactor: 1 },
  ...{ id: 'b1', distributionId: null, name: 'desk', version: '1', state: 'failed', arch: 'x86_64', formats: ['raw'] },
  ...{
    definition: {},
    components: [],
    lock: null,
    boot: true,
    noCache: false,
    verifies: null,
    priority: 0,
    error: null,
  },
  ...{ verdict: null, reproducible: null, createdAt: never, startedAt: null, endedAt: null, cancelRequestedAt: null },
};
const run: StageRunRecord = {
  ...{
    id: 'r1',
    buildId: 'b1',
    stage: 'assemble',
    attempt: 1,
    state: 'failed',
    key: null,
    reason: null,
    forced: false,
  },
  ...{ warm: false, request: null, compared: null, progress: 0, note: '', error: null, exitCode: 1, startedAt: null },
  ...{ endedAt: null, startedUptimeMs: null, durationMs: null, usage: null, workload: null },
};

it('shows no secret that an older LDF recorded among differences', () => {
  const differences = [
    { what: 'users.0.passwordHash', before: '$6$old', after: '$6$new' },
    { what: 'users.0.sshKeys.1', before: null, after: 'ssh-ed25519 AAAA' },
    { what: 'hostname', before: 'desk', after: 'edge' },
  ];
  const compared = { build: 'b0', attempt: 1, differences };
  const [attempt] = describeAttempts(build, [{ ...run, compared }], () => ({ estimateSeconds: null }));
  expect(attempt?.compared?.differences).toEqual([
    { what: 'users.0.passwordHash', before: concealedText, after: concealedText },
    { what: 'users.0.sshKeys.1', before: null, after: concealedText },
    { what: 'hostname', before: 'desk', after: 'edge' },
  ]);
});
