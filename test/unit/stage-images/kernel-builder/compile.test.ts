import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ToolError } from '../../../../stage-images/contract/tool.ts';
import { BuildOutput } from '../../../../stage-images/kernel-builder/build-output.ts';
import { compileFailure } from '../../../../stage-images/kernel-builder/compile-failure.ts';
import { parseQuota } from '../../../../stage-images/kernel-builder/cpus.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/kernel-builder/${name}`, import.meta.url), 'utf8').split('\n');

function recorded() {
  const log: string[] = [];
  const steps: [number, string][] = [];
  const output = new BuildOutput({
    log: (line) => log.push(line),
    step: (fraction, note) => steps.push([fraction, note]),
  });
  return { log, steps, output };
}

describe('the output of a build', () => {
  test('objects are counted, built-in and as module; each has its line in the log, and messages are kept', () => {
    const { log, steps, output } = recorded();
    output.read('  CC      scripts/mod/empty.o');
    expect(steps).toEqual([]);
    output.expect(10);
    for (const line of fixture('make-output.txt')) output.read(line);
    expect(steps.map(([fraction]) => fraction)).toEqual([...steps.map(([fraction]) => fraction)].sort((a, b) => a - b));
    expect(steps).toContainEqual([0.3, 'CC [M] drivers/virtio/virtio_balloon.o']);
    expect(steps.at(-1)).toEqual([0.5, 'AS arch/x86/boot/header.o']);
    expect(log).toEqual(expect.arrayContaining(['CC init/main.o', 'CC [M] drivers/virtio/virtio_balloon.o']));
    expect(log).not.toContain('CC scripts/mod/empty.o');
    expect(output.messages).toEqual([
      "fs/ext4/super.c:42:12: warning: unused variable 'x' [-Wunused-variable]",
      '   42 |         int x;',
      'Kernel: arch/x86/boot/bzImage is ready  (#1)',
    ]);
  });

  test('more objects than expected do not pass the whole', () => {
    const { steps, output } = recorded();
    output.expect(1);
    output.read('  CC      a.o');
    output.read('  CC      b.o');
    output.read('  LD      vmlinux');
    expect(steps).toEqual([
      [1, 'CC a.o'],
      [1, 'CC b.o'],
      [1, 'LD vmlinux'],
    ]);
  });
});

describe('a build that broke off', () => {
  const error = new ToolError('make', 2, undefined, ['make: *** [Makefile:1: all] Error 2']);

  test("the compiler's words come first, the last lines follow", () => {
    const { output } = recorded();
    for (const line of fixture('make-error.txt')) output.read(line);
    const failure = compileFailure(error, output.messages);
    expect(failure.error.code).toBe('kernel.compile-failed');
    expect(failure.fault).toBe('ours');
    expect(failure.error.message.split('\n')[0]).toBe(
      "The kernel did not compile: fs/ext4/super.c:43:9: error: 'nothing' undeclared (first use in this function)",
    );
    expect(failure.error.message).toContain('Error 1');
    expect(failure.error.message).not.toContain('  CC ');
  });

  test.each([
    ['fatal error: error writing to /tmp/x.s: No space left on device', 'storage.full'],
    ['gcc: fatal error: Killed signal terminated program cc1', 'stage.out-of-memory'],
  ])('%s', (line, code) => expect(compileFailure(error, [line]).error.code).toBe(code));

  test('without any message it says how make ended', () => {
    expect(compileFailure(error, []).error.message).toBe('The kernel did not compile: make exited with 2');
  });
});

test.each([
  ['150000 100000\n', 1.5],
  ['max 100000\n', Infinity],
  ['-1\n 100000\n', Infinity],
  ['undefined undefined', Infinity],
])('the CPU quota of %j', (text, cpus) => expect(parseQuota(text)).toBe(cpus));
