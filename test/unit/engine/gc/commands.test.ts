/** `ldf gc`, `POST /v1/gc`, and what is said of an artifact that went. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../../../src/cli/run.ts';
import { GcReport } from '../../../../src/model/disk.ts';
import { earlierFacts } from '../../../../src/stages/package/earlier-artifacts.ts';
import { at as atTime } from '../../api/fake-store.ts';
import { createWorld, problem } from '../../api/fakes.ts';
import { type FakeServer, startFakeServer } from '../../cli/fake-server.ts';
import { at, type TestTerminal, testTerminal } from '../../cli/terminal.ts';

vi.setConfig({ testTimeout: 30_000 });

describe('ldf gc', () => {
  let server: FakeServer;
  let terminal: TestTerminal;
  const outcome: GcReport = {
    dryRun: true,
    wantedBytes: 3 << 20,
    freedBytes: 1 << 20,
    removed: [
      {
        kind: 'layer',
        name: 'compile of build b1',
        sizeBytes: 1 << 20,
        lastUsedAt: at(0),
        why: 'not used for 3 days, and no queued or running build needs it',
      },
    ],
    kept: [{ kind: 'source', why: 'build b2, which is queued, needs it', count: 84, sizeBytes: 48 << 20 }],
  };

  beforeEach(async () => {
    server = await startFakeServer();
    terminal = testTerminal({ cwd: '/', env: { LDF_SERVER: server.url } });
  });
  afterEach(() => server.close());

  it('shows what would go and what stays, each with its reason, and how far that reaches', async () => {
    server.answers.set('POST /v1/gc', () => outcome);
    expect(await run(['gc', '--dry-run', '--free', '5G'], terminal)).toBe(0);
    expect(server.requests.at(-1)?.body).toEqual({ dryRun: true, freeBytes: 5 * 2 ** 30 });
    const out = terminal.out();
    expect(out).toMatch(/layer +compile of build b1 +1\.0 MiB +2026-01-02 03:04:05Z +not used for 3 days/);
    expect(out).toMatch(/source +84 +48\.0 MiB +build b2, which is queued, needs it/);
    expect(out).toContain('1 item would be removed, 1.0 MiB, and 3.0 MiB were to be freed.');
  });

  it('says that nothing has to go, prints JSON, and refuses a size that is none', async () => {
    server.answers.set('POST /v1/gc', () => ({ ...outcome, wantedBytes: 0, freedBytes: 0, removed: [], kept: [] }));
    expect(await run(['gc'], terminal)).toBe(0);
    expect(terminal.out()).toBe('Nothing needs to be removed: everything is within budget and reserve.\n');
    server.answers.set('POST /v1/gc', () => outcome);
    const other = testTerminal({ cwd: '/', env: { LDF_SERVER: server.url } });
    expect(await run(['gc', '--json'], other)).toBe(0);
    expect(JSON.parse(other.out())).toEqual(outcome);
    expect(await run(['gc', '--free', 'much'], terminal)).toBe(2);
  });
});

describe('POST /v1/gc', () => {
  it('takes an empty body, and refuses what is no size', async () => {
    const world = await createWorld();
    const answer = await world.app.request('/v1/gc', { method: 'POST' });
    expect(GcReport.parse(await answer.json())).toMatchObject({ wantedBytes: 5, freedBytes: 7 });
    expect(world.builds.calls.at(-1)).toEqual(['collect', { dryRun: false, freeBytes: 0 }]);
    await problem(await world.json('POST', '/v1/gc', { freeBytes: -1 }), 400, 'request.invalid');
  });
});

describe('an artifact that was removed', () => {
  it('is shown with the time, and its content is gone', async () => {
    const world = await createWorld();
    const artifact = {
      id: 'a1',
      buildId: 'b1',
      name: 'gw.raw',
      ...earlierFacts('raw'),
      sizeBytes: 10,
      storedBytes: 4096,
    };
    const dates = { createdAt: new Date(atTime), removedAt: new Date(atTime) };
    world.store.artifacts.set('a1', { ...artifact, ...dates, sha256: 'f'.repeat(64), verdict: null });
    expect(await (await world.app.request('/v1/artifacts/a1')).json()).toMatchObject({ removedAt: atTime });
    const gone = await problem(await world.app.request('/v1/artifacts/a1/content'), 410, 'artifact.removed');
    expect(gone.hint).toContain('ldf retry b1 --stage package');
  });
});
