import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { plainPaint } from '../../../src/cli/output/style.ts';
import { imageView, waitingImage, withReport } from '../../../src/cli/progress/image-view.ts';
import { LineReporter } from '../../../src/cli/progress/line-reporter.ts';
import { LiveReporter } from '../../../src/cli/progress/live-reporter.ts';
import { liveView } from '../../../src/cli/progress/live-view.ts';
import { LogTail } from '../../../src/cli/progress/log-tail.ts';
import type { Reporter } from '../../../src/cli/progress/reporter.ts';
import { showImageProgress } from '../../../src/cli/progress/stage-images.ts';
import { applyEntry } from '../../../src/client/apply-entry.ts';
import type { ImageProgress } from '../../../src/client/client.ts';
import { estimatedSeconds, estimateInWords, isLongerThanUsual } from '../../../src/client/estimate.ts';
import type { Build } from '../../../src/model/build.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import { at, build, stageRun, startMs, type TestTerminal, testTerminal } from './terminal.ts';

type Stage = Extract<JournalEntry, { type: 'stage' }>;
const stage = (
  seconds: number,
  name: Stage['stage'],
  state: Stage['state'],
  change: Partial<Stage> = {},
): JournalEntry => ({
  type: 'stage',
  at: at(seconds),
  stage: name,
  attempt: 1,
  state,
  reason: null,
  error: null,
  ...change,
});
const progress = (seconds: number, name: Stage['stage'], fraction: number, note = '', attempt = 1): JournalEntry => ({
  type: 'progress',
  at: at(seconds),
  stage: name,
  attempt,
  progress: fraction,
  note,
});
const log = (seconds: number, name: Stage['stage'], text: string): JournalEntry => ({
  type: 'log',
  at: at(seconds),
  stage: name,
  attempt: 1,
  stream: 'stdout',
  text,
});

/** A build as it was recorded: everything before compile from the cache, compile fails at 25 %. */
const recording: JournalEntry[] = [
  { type: 'build', at: at(1), state: 'running', error: null },
  stage(1, 'resolve', 'cached', { reason: 'versions already pinned' }),
  stage(1, 'download', 'cached'),
  stage(1, 'prepare', 'running', { reason: 'kernel.config.options.CONFIG_X: n→y' }),
  stage(9, 'prepare', 'succeeded'),
  stage(9, 'compile', 'running', { attempt: 2 }),
  progress(12, 'compile', 0.05, 'CC init/main.o', 2),
  progress(13, 'compile', 0.12, 'CC fs/ext4/inode.o', 2),
  log(14, 'compile', 'cc1: \u001b[1mout of memory\u001b[0m'),
  progress(14, 'compile', 0.25, 'LD vmlinux', 2),
  stage(30, 'compile', 'failed', {
    attempt: 2,
    error: {
      code: 'stage.out-of-memory',
      message: 'compile ran out of memory.',
      hint: null,
      stage: 'compile',
      details: [],
    },
  }),
  stage(30, 'package', 'skipped'),
];

function replay(reporter: Reporter, terminal: TestTerminal, entries: readonly JournalEntry[], first: Build): Build {
  let current = first;
  for (const entry of entries) {
    terminal.nowMs = Date.parse(entry.at);
    current = applyEntry(current, entry);
    reporter.entry(current, entry);
  }
  return current;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('plain lines', () => {
  it('say when a stage starts, each tenth, and how it ended', () => {
    const terminal = testTerminal();
    const reporter = new LineReporter(terminal, false);
    const first = build({ queuePosition: 2 });
    reporter.start(first);
    replay(reporter, terminal, recording, first);
    reporter.stop();
    expect(terminal.err().trimEnd().split('\n')).toEqual([
      'edge 1.2 (x86_64): build 01BUILD queued, place 2 in the queue',
      'resolve: cached: versions already pinned',
      'download: cached',
      'prepare: started: kernel.config.options.CONFIG_X: n→y',
      'prepare: done after 8.0s',
      'compile: started (attempt 2)',
      'compile: 12 % after 4.0s of ~33s (CC fs/ext4/inode.o)',
      'compile: 25 % after 5.0s of ~20s (LD vmlinux)',
      'compile: failed after 21s: compile ran out of memory.',
      'package: skipped',
    ]);
    expect(terminal.out()).toBe('');
  });

  it('speak every 15 seconds of a stage that does not get on', () => {
    const terminal = testTerminal();
    const reporter = new LineReporter(terminal, false);
    const first = build();
    reporter.start(first);
    replay(reporter, terminal, [stage(0, 'boot', 'running'), progress(1, 'boot', 0.04, 'waiting for log-in')], first);
    const before = terminal.err();
    for (let second = 1; second <= 31; second += 1) {
      terminal.nowMs = startMs + second * 1000;
      vi.advanceTimersByTime(1000);
    }
    reporter.stop();
    expect(terminal.err().slice(before.length).trimEnd().split('\n')).toEqual([
      'boot: 4 % after 15s (waiting for log-in)',
      'boot: 4 % after 30s (waiting for log-in)',
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('carry the log, without escape sequences, when it is followed', () => {
    const terminal = testTerminal();
    const reporter = new LineReporter(terminal, true);
    replay(reporter, terminal, recording, build());
    expect(terminal.err()).toContain('compile | cc1: out of memory\n');
  });
});

describe('the live view', () => {
  const running = build({
    state: 'running',
    startedAt: at(0),
    stages: [
      stageRun('prepare', { state: 'succeeded', startedAt: at(0), endedAt: at(38) }),
      stageRun('compile', {
        state: 'running',
        progress: 0.5,
        note: 'CC fs/ext4/\u001b[31minode.o\nX',
        startedAt: at(38),
        estimateSeconds: 300,
      }),
      stageRun('assemble', { state: 'cached', reason: 'nothing changed' }),
      stageRun('package'),
    ],
  });
  const view = (columns: number) =>
    liveView(running, { nowMs: startMs + 168_000, columns, paint: plainPaint }).split('\n');

  it('has a line for each stage: symbol, bar, percentage, elapsed and estimated time, note', () => {
    expect(view(100)).toEqual([
      'edge 1.2 x86_64  running  2m 48s  01BUILD',
      '✓ prepare  38s',
      '⠋ compile  ████████░░░░░░░░  50 %  2m 10s of ~4m 40s  CC fs/ext4/inode.oX',
      '✓ assemble cached · nothing changed',
      '○ package',
    ]);
  });

  it('never is wider than the terminal, also with wide characters', () => {
    const wide = {
      ...running,
      stages: running.stages.map((run) => ({ ...run, note: '编译内核'.repeat(30), reason: '编译'.repeat(60) })),
    };
    for (const columns of [20, 41, 63, 64, 80])
      for (const line of liveView(wide, { nowMs: startMs, columns, paint: plainPaint }).split('\n'))
        expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('gives the place of the bar to the note on a narrow terminal', () => {
    expect(view(50)[2]).toBe('⠋ compile   50 %  2m 10s of ~4m 40s  CC fs/ext4/i…');
  });

  it('says of how long a stage is likely to take only what like runs tell, and when it takes longer', () => {
    const estimateRange = { fromSeconds: 40, toSeconds: 70 };
    expect(estimateInWords({ estimateSeconds: null })).toBeNull();
    expect(estimateInWords({ estimateSeconds: 52 })).toBe('about 52s');
    expect(estimateInWords({ estimateSeconds: 52, estimateRange })).toBe('40s to 1m 10s');
    expect(estimateInWords({ estimateSeconds: 52, estimateRange: { fromSeconds: 50, toSeconds: 55 } })).toBe(
      'about 52s',
    );
    expect(isLongerThanUsual({ estimateSeconds: 52 }, 900)).toBe(false);
    expect(isLongerThanUsual({ estimateSeconds: 52, estimateRange }, 75)).toBe(false);
    expect(isLongerThanUsual({ estimateSeconds: 52, estimateRange }, 90)).toBe(true);
  });

  it('estimates from the history, else from the progress, and never less than what has passed', () => {
    expect(estimatedSeconds(stageRun('boot', { estimateSeconds: 60, progress: 0.02 }), 10)).toBe(60);
    expect(estimatedSeconds(stageRun('boot', { estimateSeconds: 60, progress: 0.5 }), 60)).toBe(90);
    expect(estimatedSeconds(stageRun('boot', { estimateSeconds: 60 }), 90)).toBe(90);
    expect(estimatedSeconds(stageRun('boot', { progress: 0.25 }), 10)).toBe(40);
    expect(estimatedSeconds(stageRun('boot', { progress: 0.01 }), 10)).toBeNull();
  });

  it('is drawn a few times a second, with log lines above it, and ends its timer', () => {
    const terminal = testTerminal({ tty: true, columns: 100 });
    const reporter = new LiveReporter(terminal, true);
    reporter.start(build());
    replay(reporter, terminal, recording, build());
    vi.advanceTimersByTime(100);
    reporter.note('Cancelling build 01BUILD');
    reporter.stop();
    reporter.stop();
    const text = stripVTControlCharacters(terminal.err());
    expect(text).toContain('compile | cc1: out of memory\n');
    expect(text).toContain('Cancelling build 01BUILD\n');
    expect(text).toContain('✗ compile  failed  21s  compile ran out of memory.');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a build kept up to date from its journal', () => {
  const replayed = recording.reduce(applyEntry, build());

  it('knows states, times and reasons', () => {
    expect(replayed.state).toBe('running');
    expect(replayed.startedAt).toBe(at(1));
    const compile = replayed.stages.find(({ name }) => name === 'compile');
    expect(compile).toMatchObject({ state: 'failed', attempt: 2, startedAt: at(9), endedAt: at(30) });
    expect(applyEntry(replayed, { type: 'end', at: at(31), state: 'failed' })).toMatchObject({
      state: 'failed',
      endedAt: at(31),
    });
  });

  it('has no place in the queue any more once it runs', () => {
    const waiting = build({ queuePosition: 1 });
    const view = (shown: Build) => liveView(shown, { nowMs: startMs, columns: 80, paint: plainPaint });
    expect(view(waiting)).toContain('queued, place 1');
    const running = applyEntry(waiting, { type: 'build', at: at(1), state: 'running', error: null });
    expect(running.queuePosition).toBeNull();
    expect(view(running)).toContain('running');
    expect(view(running)).not.toContain('queued');
    expect(applyEntry(waiting, { type: 'end', at: at(2), state: 'cancelled' }).queuePosition).toBeNull();
  });

  it('takes no progress of an attempt that is over', () => {
    const after = applyEntry(replayed, progress(40, 'compile', 0.9, '', 1));
    expect(after.stages.find(({ name }) => name === 'compile')?.progress).toBe(0.25);
  });

  it('puts a stage that it did not know behind those it knows: stages are told of in their order', () => {
    const sparse = build({ stages: [stageRun('resolve'), stageRun('download')] });
    expect(applyEntry(sparse, stage(1, 'compile', 'running')).stages.map(({ name }) => name)).toEqual([
      'resolve',
      'download',
      'compile',
    ]);
  });
});

describe('work on stage images, in plain lines', () => {
  it('tells numbered steps and results, and now and then a line as a sign of life', async () => {
    const terminal = testTerminal();
    const report = (kind: ImageProgress['kind'], steps: number, text: string): ImageProgress => ({
      image: 'kernel-builder',
      kind,
      step: steps === 0 ? 0 : 1,
      steps,
      text,
    });
    async function* work(): AsyncGenerator<ImageProgress> {
      yield report('step', 0, '[internal] load build definition');
      yield report('step', 2, `RUN apt-get   install ${'package '.repeat(40)}`);
      terminal.nowMs += 5_000;
      yield report('log', 2, 'Get:1 too soon');
      terminal.nowMs += 10_000;
      yield report('log', 2, 'Get:2 \u001b[1mbison\u001b[0m');
      yield report('done', 0, 'built');
    }
    await showImageProgress(terminal, work());
    const [step, ...rest] = terminal.err().trimEnd().split('\n');
    expect(step).toMatch(/^kernel-builder: step 1 of 2: RUN apt-get install package .*… \(0\.0s\)$/);
    expect(step?.length).toBeLessThan(120);
    expect(rest).toEqual(['kernel-builder: Get:2 bison (15s)', 'kernel-builder: built (15s)']);
  });
});

describe('work on stage images, on a terminal', () => {
  const report = (image: ImageProgress['image'], kind: ImageProgress['kind'], step: number, text: string) => ({
    ...{ image, kind, step, steps: step === 0 ? 0 : 3, text },
  });
  const reports: [number, ImageProgress][] = [
    [0, report('base', 'step', 0, 'bootstrapping')],
    [60, report('base', 'done', 0, 'bootstrapped')],
    [61, report('boot-tester', 'step', 2, `RUN ${'apt-get '.repeat(20)}`)],
    [62, report('boot-tester', 'log', 2, 'Unpacking \u001b[1movmf\u001b[0m …')],
  ];
  const work = reports.reduce(
    (before, [seconds, one]) => withReport(before, one, startMs + seconds * 1000),
    [waitingImage('kernel-builder'), waitingImage('boot-tester')],
  );
  const view = (columns: number) =>
    imageView(work, { nowMs: startMs + 71_000, columns, paint: plainPaint }).split('\n');

  it('has a line for each: what is done, what runs, and what is still to come', () => {
    expect(view(100)).toEqual([
      '✓ base           1m 00s  bootstrapped',
      '○ kernel-builder',
      expect.stringMatching(/^\S boot-tester {4}10s of ~40s {2}step 2 of 3 {2}Unpacking ovmf …$/),
    ]);
  });

  it('leaves how long each took on the terminal', async () => {
    const terminal = testTerminal({ tty: true, columns: 100, env: { NO_COLOR: '1' } });
    async function* told(): AsyncGenerator<ImageProgress> {
      for (const [seconds, one] of [...reports, [101, report('boot-tester', 'done', 0, 'built')] as const]) {
        terminal.nowMs = startMs + seconds * 1000;
        yield one;
      }
    }
    await showImageProgress(terminal, told(), ['boot-tester']);
    const last = stripVTControlCharacters(terminal.err()).trimEnd().split('\n').slice(-2);
    expect(last).toEqual(['✓ base        1m 00s  bootstrapped', '✓ boot-tester 40s  built']);
  });

  it('wraps no line', () => {
    for (const columns of [20, 40, 60])
      for (const line of view(columns)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });
});

describe('the last log lines', () => {
  it('are those of the newest attempt of each stage, fifteen at most', () => {
    const tail = new LogTail();
    tail.add(log(1, 'compile', 'of the first attempt'));
    tail.add(stage(2, 'compile', 'running', { attempt: 2 }));
    for (let line = 1; line <= 20; line += 1) tail.add(log(3, 'compile', `line ${line}`));
    tail.add(log(4, 'assemble', 'another stage'));
    expect(tail.of('compile')).toHaveLength(15);
    expect(tail.of('compile')[0]).toBe('line 6');
    expect(tail.of('assemble')).toEqual(['another stage']);
    expect(tail.of(null)).toEqual([]);
  });
});
