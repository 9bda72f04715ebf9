/** `ldf gc`, `POST /v1/gc`, and what is said of an artifact that went. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../../../src/cli/run.ts';
import { GcReport } from '../../../../src/model/disk.ts';
import { earlierFacts } from '../../../../src/stages/package/earlier-artifacts.ts';
import { resultOf } from '../../../fixtures/cli-result.ts';
import { ApiWorld } from '../../../fixtures/engine/api-world.ts';
import { Served } from '../../../fixtures/engine/served.ts';
import { problem } from '../../../fixtures/problem.ts';
import { at, type TestTerminal, testTerminal } from '../../cli/terminal.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await ApiWorld.open({ idle: true });
});
afterAll(() => world.close());

describe('ldf gc', () => {
  let server: Served;
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
    server = await Served.open(world.app);
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
    expect(await run(['gc'], terminal)).toBe(0);
    expect(terminal.out()).toBe('Nothing needs to be removed: everything is within budget and reserve.\n');
    server.answers.set('POST /v1/gc', () => outcome);
    const other = testTerminal({ cwd: '/', env: { LDF_SERVER: server.url } });
    expect(await run(['gc', '--json'], other)).toBe(0);
    expect(resultOf(other.out())).toEqual(outcome);
    expect(await run(['gc', '--free', 'much'], terminal)).toBe(2);
  });
});

describe('POST /v1/gc', () => {
  it('takes an empty body, and refuses what is no size', async () => {
    const answer = await world.app.request('/v1/gc', { method: 'POST' });
    expect(GcReport.parse(await answer.json())).toMatchObject({ dryRun: false, wantedBytes: 0, freedBytes: 0 });
    expect(world.toEngine.givenTo('collect').at(-1)).toEqual([{ dryRun: false, freeBytes: 0 }]);
    await problem(await world.json('POST', '/v1/gc', { freeBytes: -1 }), 400, 'request.invalid');
  });
});

describe('an artifact that was removed', () => {
  it('is shown with the time, and its content is gone', async () => {
    const build = await world.queued();
    const { id } = await world.artifact(build.id, 'gw.raw', Buffer.from('0123456789'), earlierFacts('raw'));
    const removedAt = '2026-01-02T03:04:05.000Z';
    await world.store.markRemoved([id], new Date(removedAt));
    expect(await (await world.app.request(`/v1/artifacts/${id}`)).json()).toMatchObject({ removedAt });
    const gone = await problem(await world.app.request(`/v1/artifacts/${id}/content`), 410, 'artifact.removed');
    expect(gone.hint).toContain(`ldf retry ${build.id} --stage package`);
  });
});
