import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kernelNames } from '../../../../src/architecture.ts';
import { ToolError } from '../../../../stage-images/contract/tool.ts';
import { BuildOutput } from '../../../../stage-images/kernel-builder/build-output.ts';
import { imageOf } from '../../../../stage-images/kernel-builder/compile.ts';
import { compileFailure } from '../../../../stage-images/kernel-builder/compile-failure.ts';
import { parseQuota } from '../../../../stage-images/kernel-builder/cpus.ts';
import { installDeviceTrees, requireDeviceTrees } from '../../../../stage-images/kernel-builder/device-trees.ts';
import { KernelTree } from '../../../../stage-images/kernel-builder/kernel-tree.ts';

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

test('the image is the one that the configuration makes: what unpacks itself under firmware is a target of its own', () => {
  const config = (value: string) => new Map([['CONFIG_EFI_ZBOOT', value]]);
  const pathOf = (arch: keyof typeof kernelNames, value: string) =>
    imageOf({ target: kernelNames[arch] }, config(value)).image;
  expect(pathOf('aarch64', 'y')).toBe('arch/arm64/boot/vmlinuz.efi');
  expect(pathOf('aarch64', 'n')).toBe('arch/arm64/boot/Image');
  expect(pathOf('x86_64', 'y')).toBe('arch/x86/boot/bzImage');
});

describe('device trees', () => {
  const names = ['acme/board.dtb', 'acme/board-plus.dtb'];
  const treeWith = (work: string) => {
    for (const [path, text] of [
      ['linux/arch/arm64/boot/dts/acme/board.dts', ''],
      ['linux/arch/arm64/boot/dts/acme/board-plus.dts', ''],
      ['linux/arch/arm64/boot/dts/acme/board.dtsi', ''],
      ['build/arch/arm64/boot/dts/acme/board.dtb', 'one'],
      ['build/arch/arm64/boot/dts/acme/board-plus.dtb', 'two'],
    ] as const) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), text);
    }
    const toolchain = { makeVariables: () => [], tools: () => ({ CC: '', LD: '', NM: '', OBJCOPY: '' }) };
    const [source, build] = [join(work, 'linux'), join(work, 'build')];
    return new KernelTree({ arch: 'aarch64', toolchain, source, build, scratch: work });
  };

  test('that the source has lie in the folder of the modules; others are named with what is near', async () => {
    const work = mkdtempSync(join(tmpdir(), 'ldf-dtb-'));
    try {
      const tree = treeWith(work);
      await requireDeviceTrees(tree, names);
      await installDeviceTrees(tree, names, join(work, 'modules'));
      expect(names.map((name) => readFileSync(join(work, 'modules/dtb', name), 'utf8'))).toEqual(['one', 'two']);
      await expect(requireDeviceTrees(tree, ['acme/bord.dtb', 'acme/board.dtb'])).rejects.toMatchObject({
        error: {
          code: 'kernel.device-tree-unknown',
          details: [{ value: 'acme/bord.dtb', hint: expect.stringContaining('acme/board.dtb') }],
        },
      });
    } finally {
      rmSync(work, { recursive: true });
    }
  });

  test('are unknown where the architecture has none', async () => {
    const work = mkdtempSync(join(tmpdir(), 'ldf-dtb-'));
    try {
      const { options } = treeWith(work);
      const x86 = new KernelTree({ ...options, arch: 'x86_64' });
      await requireDeviceTrees(x86, []);
      await expect(requireDeviceTrees(x86, names)).rejects.toThrow(
        'no device tree acme/board.dtb for x86_64, nor 1 more',
      );
    } finally {
      rmSync(work, { recursive: true });
    }
  });
});
