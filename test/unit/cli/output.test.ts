import { describe, expect, it } from 'vitest';
import { durationInWords, formatBytes, formatDuration, formatPercent } from '../../../src/amounts.ts';
import { artifactLines, outcomeLine, stageLines } from '../../../src/cli/output/build-report.ts';
import { errorLines, problemLines } from '../../../src/cli/output/error.ts';
import { failureLines } from '../../../src/cli/output/failure.ts';
import { formatAge } from '../../../src/cli/output/format.ts';
import { paintFor, plainPaint } from '../../../src/cli/output/style.ts';
import { formatTable } from '../../../src/cli/output/table.ts';
import { LdfError } from '../../../src/errors.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { artifact, at, build, stageRun, startMs, testTerminal } from './terminal.ts';

it('words durations for sentences by the largest unit that they have two of', () => {
  expect([1, 45, 119, 120, 150, 7199, 7200, 129_600, 3 * 86_400].map(durationInWords)).toEqual([
    ...['1 second', '45 seconds', '119 seconds', '2 minutes', '2.5 minutes', '120 minutes', '2 hours', '36 hours'],
    '3 days',
  ]);
});

describe('durations, sizes and shares', () => {
  it.each([
    [-3, '0.0s'],
    [0.42, '0.4s'],
    [9.96, '10s'],
    [59.4, '59s'],
    [59.6, '1m 00s'],
    [319, '5m 19s'],
    [3599.7, '1h 00m'],
    [3900, '1h 05m'],
  ])('%d seconds are %s', (seconds, words) => expect(formatDuration(seconds)).toBe(words));

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [2 ** 31, '2.0 GiB'],
    [2 ** 52, '4096.0 TiB'],
  ])('%d bytes are %s', (bytes, words) => expect(formatBytes(bytes)).toBe(words));

  it('says 100 % only of what is complete', () => {
    expect(formatPercent(0.999)).toBe('99 %');
    expect(formatPercent(0.29)).toBe('29 %');
    expect(formatPercent(1)).toBe('100 %');
  });

  it('counts long ages in days', () => {
    expect(formatAge(at(-90), startMs)).toBe('1m 30s ago');
    expect(formatAge(at(-86_400 * 3), startMs)).toBe('3 days ago');
  });
});

describe('tables', () => {
  it('fits columns to their widest cell, wide characters and colours included', () => {
    const paint = paintFor({ ...testTerminal().stdout, isTTY: true }, {});
    const lines = formatTable(
      [{ title: 'A' }, { title: 'SIZE', align: 'right' }],
      [
        ['日本', '1'],
        [paint('red', 'x'), '12345'],
      ],
    );
    expect(lines).toEqual(['A      SIZE', '日本      1', `${paint('red', 'x')}     12345`]);
  });
});

describe('colours', () => {
  it('are there for a terminal alone, and not under NO_COLOR or a dumb terminal', () => {
    const tty = testTerminal({ tty: true }).stdout;
    expect(paintFor(tty, {})('red', 'x')).not.toBe('x');
    expect(paintFor(tty, { NO_COLOR: '1' })('red', 'x')).toBe('x');
    expect(paintFor(tty, { TERM: 'dumb' })('red', 'x')).toBe('x');
    expect(paintFor(testTerminal().stdout, {})('red', 'x')).toBe('x');
  });
});

describe('errors', () => {
  const error = new LdfError('definition.invalid', 'The definition has a problem.', {
    hint: 'Fix it.',
    details: [
      { pointer: '/kernel/version', message: 'must be a string', value: '6.12', hint: 'Put it in quotes: "6.12".' },
    ],
  });

  it('name the problem, its place, its value and the way out', () => {
    expect(errorLines(error, plainPaint, false)).toEqual([
      'error: The definition has a problem.',
      '  /kernel/version: must be a string (6.12) — Put it in quotes: "6.12".',
      'hint: Fix it.',
    ]);
  });

  it('leave out what is not known', () => {
    expect(
      problemLines({ message: 'No.', hint: null, details: [{ pointer: '', message: 'line 3: bad' }] }, plainPaint),
    ).toEqual(['error: No.', '  line 3: bad']);
  });

  it('show stacks, causes included, only on request', () => {
    const outer = new LdfError('internal', 'Outer.', { cause: new TypeError('inner') });
    expect(errorLines(outer, plainPaint, false).join('\n')).not.toContain('    at ');
    const debug = errorLines(outer, plainPaint, true).join('\n');
    expect(debug).toContain('TypeError: inner');
    expect(debug).toContain('    at ');
  });

  it('call anything unexpected a problem of LDF', () => {
    const lines = errorLines(new TypeError('x is undefined'), plainPaint, false);
    expect(lines[0]).toBe('error: x is undefined');
    expect(lines[1]).toContain('LDF_DEBUG=1');
  });
});

const failed = build({
  state: 'failed',
  startedAt: at(0),
  endedAt: at(72),
  error: {
    code: 'stage.failed',
    message: 'apt could not find nosuch.',
    hint: 'Check its spelling.',
    stage: 'resolve',
    details: [],
  },
  stages: [
    stageRun('resolve', { state: 'failed', startedAt: at(0), endedAt: at(72) }),
    stageRun('download', { state: 'skipped' }),
  ],
});

describe('a failed build', () => {
  it('says why, the last lines, and the commands that come next', () => {
    const lines = failureLines(failed, {
      paint: plainPaint,
      lastLines: ['E: \u001b[31mUnable\u001b[0m'],
      program: 'ldf',
      definitionFile: 'my distro.yaml',
    });
    expect(lines).toEqual([
      'error: apt could not find nosuch.',
      'hint: Check its spelling.',
      '',
      'Last lines of resolve:',
      '  │ E: Unable',
      '',
      'What next:',
      '  ldf logs 01BUILD --stage resolve  the whole log',
      '  ldf retry 01BUILD                 resolve and what follows again; finished stages keep their results',
      "  ldf build -f 'my distro.yaml'     once the definition is fixed",
    ]);
  });

  it('leads to the definition first when that is at fault, and to the server that was named', () => {
    const error = {
      code: 'kernel.option-not-held',
      message: 'CONFIG_X did not hold.',
      hint: null,
      stage: 'prepare' as const,
      details: [{ pointer: '/kernel/config/options/CONFIG_X', message: 'needs CONFIG_Y' }],
    };
    const lines = failureLines(
      { ...failed, error },
      { paint: plainPaint, lastLines: [], program: 'ldf --server http://ci:1', definitionFile: 'd.yaml' },
    );
    const next = lines.slice(lines.indexOf('What next:') + 1);
    expect(next[0]).toContain('ldf --server http://ci:1 build -f d.yaml');
    expect(next.join('\n')).not.toContain('retry');
  });

  it('is one line in its outcome and a table of stages', () => {
    expect(outcomeLine(failed, plainPaint)).toBe('✗ edge 1.2 (x86_64) failed after 1m 12s');
    expect(stageLines(failed, plainPaint)).toEqual([
      '   STAGE     STATE    TRY    TOOK  CPU  MEMORY  WRITTEN  WHY',
      '✗  resolve   failed     1  1m 12s',
      '–  download  skipped    1',
    ]);
    const usage = { cpuSeconds: 75, peakMemoryBytes: 3 << 20, writtenBytes: null };
    const used = failed.stages.map((stage) => ({ ...stage, usage }));
    expect(stageLines({ ...failed, stages: used }, plainPaint)[1]).toBe(
      '✗  resolve   failed     1  1m 12s  1m 15s  3.0 MiB',
    );
  });
});

describe('artifacts', () => {
  it('shows images with sha256 and verdict, then what comes with them', () => {
    const done = build({
      artifacts: [
        artifact({ name: 'SBOM.json', ...earlierFacts('sbom'), sizeBytes: 2048 }),
        artifact({ verdict: { bootable: true, seconds: 41.2, console: null }, sizeBytes: 2 ** 31 }),
        artifact({ name: 'edge.qcow2', ...earlierFacts('qcow2') }),
      ],
    });
    expect(artifactLines(done, ({ name }) => `out/${name}`, plainPaint)).toEqual([
      'out/edge.raw',
      '  format  raw, 2.0 GiB',
      `  sha256  ${'a'.repeat(64)}`,
      '  boot    booted in 41s',
      'out/edge.qcow2',
      '  format  qcow2, 4.0 KiB',
      `  sha256  ${'a'.repeat(64)}`,
      '  boot    not tried',
      'out/SBOM.json  sbom  2.0 KiB',
    ]);
  });
});
