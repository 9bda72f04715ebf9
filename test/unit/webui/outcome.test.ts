import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/model/problem.ts';
import type { StageRun } from '../../../src/model/stage-run.ts';
import { accountsOf } from '../../../src/webui/views/build/outcome/accounts.ts';
import { fixesOf, fixWords } from '../../../src/webui/views/build/outcome/fix-words.ts';
import { runLines } from '../../../src/webui/views/build/outcome/run-lines.ts';
import { tellFailure } from '../../../src/webui/views/build/outcome/told.ts';
import { windowTitle } from '../../../src/webui/views/build/window-title.ts';

const failure = (part: Partial<Failure>): Failure => ({
  ...{ code: 'x', message: 'It failed.', hint: null, stage: 'boot', details: [] },
  ...part,
});

describe('a failure', () => {
  it('says nothing twice, and keeps what a console wrote apart', () => {
    const told = tellFailure(
      failure({
        message: 'a.raw did not come up: the kernel panicked',
        hint: 'Look.',
        details: [
          {
            pointer: '',
            message: 'a.raw did not come up: the kernel panicked (1.0 s after the start)\nAlso seen:\n  a unit failed',
            hint: 'Look.',
            evidence: ['one', 'two'],
          },
        ],
      }),
    );
    expect(told).toEqual({
      what: 'a.raw did not come up: the kernel panicked',
      also: [{ place: '', text: 'a unit failed' }],
      hint: 'Look.',
      evidence: ['one', 'two'],
    });
  });

  it('of before there was evidence has it behind the first line of its message', () => {
    const old = failure({
      message: 'These packages cannot be installed together:\n a : Conflicts: b',
      details: [
        { pointer: '/userland/packages/0', message: 'a takes part in the conflict.' },
        { pointer: '/userland/packages/1', message: 'b takes part in the conflict.' },
      ],
    });
    expect(tellFailure(old)).toMatchObject({
      what: 'These packages cannot be installed together:',
      evidence: [' a : Conflicts: b'],
      also: [{ text: 'a takes part in the conflict.' }, { text: 'b takes part in the conflict.' }],
    });
  });

  it('offers the best fix of each problem first', () => {
    const at = (pointer: string, from: string, ...to: (string | null)[]) => ({
      ...{ pointer, message: 'm' },
      fixes: to.map((one) => ({ pointer, from, to: one })),
    });
    const details = [
      at('/userland/packages/0', 'curll', 'curl', null),
      at('/userland/packages/3', 'vimm', 'vim', null),
    ];
    expect(fixesOf({ details }).map(fixWords)).toEqual([
      'Replace curll with curl and rebuild',
      'Replace vimm with vim and rebuild',
      'Remove curll and rebuild',
      'Remove vimm and rebuild',
    ]);
    expect(fixWords({ pointer: '/image/size', from: '300M', to: 'auto' })).toBe('Set image.size to auto and rebuild');
  });
});

describe('lines to run an image', () => {
  const disk = { mediaType: 'application/octet-stream', disk: 'whole', sparse: true, bootable: true } as const;

  it('are words of a shell, whatever the file is called', () => {
    const [run, write] = runLines({ ...disk, name: "it's a,b.raw", format: 'raw' }, 'x86_64');
    expect(run?.command).toContain(`-drive 'if=virtio,format=raw,file=it'\\''s a,,b.raw'`);
    expect(write?.command).toContain(`if='it'\\''s a,b.raw'`);
  });

  it('unpack what is packed, and write onto a disk only what is one byte for byte', () => {
    const packed = { ...disk, mediaType: 'application/zstd', sparse: false, name: 'a.raw.zst', format: 'raw.zst' };
    expect(runLines(packed, 'aarch64').map(({ command }) => command)).toEqual([
      expect.stringMatching(/^zstd -dk a\.raw\.zst && qemu-system-aarch64 .*format=raw,file=a\.raw /),
      expect.stringMatching(/^zstd -dc a\.raw\.zst \| sudo dd of=\/dev\/sdX /),
    ]);
    expect(runLines({ ...disk, sparse: false, name: 'a.qcow2', format: 'qcow2' }, 'x86_64')).toHaveLength(1);
    expect(runLines({ ...disk, bootable: false, name: 'a.tar', format: 'tar' }, 'x86_64')).toEqual([]);
  });
});

it('those who can log in are users with a password or a key', () => {
  const users = [
    { name: 'ops', passwordHash: '$6$x', sshKeys: ['k'] },
    { name: 'root', passwordHash: '$6$x' },
    { name: 'none', sshKeys: [] },
  ];
  expect(accountsOf({ system: { users } })).toEqual(['ops (password or SSH key)', 'root (password)']);
});

it('the title of the window tells how far a build is', () => {
  const stage = (state: StageRun['state'], progress: number, estimateSeconds: number | null): StageRun => ({
    ...{ name: 'boot', after: [], state, attempt: 1, progress, note: '', key: null, reason: null, startedAt: null },
    ...{ endedAt: null, estimateSeconds, usage: null, error: null },
  });
  const stages = [stage('cached', 1, 10), stage('running', 0.5, 80), stage('pending', 0, 10)];
  expect(windowTitle({ name: 'gw', number: 12, state: 'running', stages })).toBe('▶ 50 % gw #12');
  expect(windowTitle({ name: 'gw', number: 12, state: 'failed', stages })).toBe('✗ gw #12');
});
