/** Components, all called `few`, with which a kernel of a few hundred objects is compiled. No machine starts from it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { createClient } from '../../src/client/client.ts';
import { repository, serve, token } from './lab.ts';

/** What an expert may leave out of a kernel that nobody starts: half of its objects. */
const leftOut = [
  ...['ADVISE_SYSCALLS', 'AIO', 'BLOCK', 'DNOTIFY', 'EPOLL', 'EVENTFD', 'FHANDLE', 'FILE_LOCKING', 'FUTEX', 'IO_URING'],
  ...[
    'MEMBARRIER',
    'MULTIUSER',
    'POSIX_TIMERS',
    'PROC_FS',
    'RSEQ',
    'SECRETMEM',
    'SHMEM',
    'SIGNALFD',
    'SYSFS',
    'TIMERFD',
  ],
];
const leftOutOfX86 = [
  ...['MODIFY_LDT_SYSCALL', 'MTRR', 'SGETMASK_SYSCALL', 'X86_IOPL_IOPERM', 'X86_MCE', 'X86_VSYSCALL_EMULATION'],
  ...['AMD', 'CENTAUR', 'HYGON', 'INTEL', 'ZHAOXIN'].map((vendor) => `CPU_SUP_${vendor}`),
];

const Contributes = z.looseObject({ kernel: z.unknown(), initramfs: z.unknown() }).partial();
const Component = z.looseObject({
  kind: z.string(),
  contributes: Contributes.default({}),
  perArch: z.record(z.string(), Contributes).default({}),
});

/** A component of the catalog without what it requires and asks of a kernel and an initramfs, under the name `few`. */
async function fewer(path: string) {
  const { requires: _, ...component } = Component.parse(
    parse(await readFile(join(repository, `components/${path}.yaml`), 'utf8')),
  );
  const withoutKernel = ({ kernel: _, initramfs: __, ...rest }: z.infer<typeof Contributes>) => rest;
  return {
    ...component,
    name: 'few',
    contributes: withoutKernel(component.contributes),
    perArch: Object.fromEntries(
      Object.entries(component.perArch).map(([arch, contributes]) => [arch, withoutKernel(contributes)]),
    ),
  };
}

/** A server that has them; they are gone when it ends, for others find the same data folder. */
export async function serveFewComponents(port: number): Promise<{ end(): Promise<void> }> {
  const server = await serve(port);
  const { components } = createClient(`http://127.0.0.1:${port}`, { token });
  const kinds: string[] = [];
  const kernel = await fewer('kernel/debian');
  const all = [
    {
      ...kernel,
      requires: ['platform:few'],
      contributes: { kernel: { options: { CONFIG_MODULES: 'y', CONFIG_EXPERT: 'y', ...off(leftOut) } } },
      perArch: {
        x86_64: {
          kernel: { options: { CONFIG_64BIT: 'y', CONFIG_PROCESSOR_SELECT: 'y', ...off(leftOutOfX86) } },
        },
      },
    },
    await fewer('platform/uefi'),
    ...(await Promise.all(['init/busybox', 'filesystem/ext4', 'bootloader/systemd-boot'].map(fewer))),
  ];
  for (const component of all) {
    await components.create(component);
    kinds.push(component.kind);
  }
  return {
    async end() {
      for (const kind of kinds.reverse()) await components.remove(kind, 'few');
      await server.end('SIGTERM');
    },
  };
}

const off = (names: readonly string[]) => Object.fromEntries(names.map((name) => [`CONFIG_${name}`, 'n']));
