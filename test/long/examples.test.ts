/** Every example is built and boots without a failed unit; what it is for works on the machine that has booted. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readExamples } from '../../src/examples.ts';
import { bootGuest, type Guest, type GuestOptions } from '../e2e/guest.ts';
import { buildDefinition, repository, scratchFolder, stageImageId } from '../e2e/lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

/** The shell is there before the last services are, which emulated machines on a busy host take their time for. */
const settleMs = 15 * 60_000;

const examples = await readExamples(join(repository, 'examples'));

/** What proves, on the machine itself, that an example is what its comment says: commands of root, and their output. */
const proofs: Readonly<Record<string, Record<string, RegExp>>> = {
  'web-server': {
    'curl -sS http://127.0.0.1/': /It works/,
    'nft list chain inet filter input': /policy drop[\s\S]*tcp dport \{ 22, 80, 443 \} accept/,
  },
  'container-host': {
    'docker info --format "{{.Driver}} {{.LoggingDriver}} {{.SecurityOptions}}"': /^overlay\S* local .*apparmor/,
    'docker compose version || docker-compose version': /[Cc]ompose/,
    'tar -C / -ch lib64/ld-linux-x86-64.so.2 lib/x86_64-linux-gnu/libc.so.6 usr/bin/true | docker import - self && docker run --rm self /usr/bin/true && echo ran':
      /^ran$/m,
    'id -nG ops': /\bdocker\b/,
  },
  kiosk: {
    'systemctl is-active graphical.target lightdm': /^active\nactive$/,
    'for i in $(seq 60); do pgrep -u kiosk -x surf && break; sleep 5; done': /^\d+/,
  },
  appliance: {
    'wget -q -O - http://127.0.0.1/': /It works/,
    'nc -w 5 127.0.0.1 22 </dev/null | head -n 1': /^SSH-2\.0-dropbear/,
  },
  'ci-runner': {
    'systemctl is-enabled runner; git --version; cc --version; cmake --version':
      /^enabled\ngit version[\s\S]*cmake version/,
    // There is no agent yet.
    'systemctl show --property ActiveState,ConditionResult runner': /^ActiveState=inactive\nConditionResult=no$/m,
    'stat -c "%U %a" /home/runner/work': /^runner 755$/,
    'sudo -u runner sudo -n true 2>&1 || echo refused': /refused/,
  },
};

/** The machine of an example that every other would not do for. */
const machines: Readonly<Record<string, Partial<GuestOptions>>> = {
  appliance: { shell: 'sh' },
  kiosk: { devices: [...card('network', 'user,id=network,restrict=on'), '-device', 'VGA'] },
};

/** What tells that everything was started, and then what has failed, by the shell that a machine has. */
const services = {
  bash: { started: 'systemctl is-system-running --wait', failed: 'systemctl --failed --plain --no-legend' },
  sh: {
    started: 'until [ -e /run/services/started ]; do sleep 1; done',
    failed: 'ls /run/services/failed',
  },
} as const;

describe.each(examples)('examples/$name.yaml', ({ name, yaml }) => {
  const output = join(scratch.path, name);
  let image = '';

  it('is built, and boots without a failed unit', async () => {
    const build = await buildDefinition(await scratch.write(`${name}.yaml`, yaml), output);
    expect(build).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
    const found = build.artifacts.find(({ format }) => ['raw', 'qcow2'].includes(format));
    image = join(output, found?.name ?? '');
  });

  const proof = proofs[name];
  it.runIf(proof)('is what it says it is', async () => {
    await onMachine({ disk: image, memoryMiB: 2048, ...machines[name] }, async (guest) => {
      for (const [command, wanted] of Object.entries(proof ?? {})) expect(await guest.run(command)).toMatch(wanted);
      expect(await guest.run(services[machines[name]?.shell ?? 'bash'].failed)).toBe('');
    });
  });
});

describe('a machine behind examples/router.yaml', () => {
  it('gets an address, names and the way out, by the router’s own address', async () => {
    const images = join(scratch.path, 'router-and-client');
    await mkdir(images, { recursive: true });
    for (const name of ['router', 'instant'])
      await copyFile(join(scratch.path, name, `${name}-0.1-x86_64.raw`), join(images, `${name}.raw`));
    const name = `ldf-test-router-${process.pid}`;
    // What is beyond the router: an address that answers with a word.
    const outside = 'user,id=wan,restrict=on,guestfwd=tcp:10.0.2.100:80-cmd:/bin/echo outside';
    const router = {
      disk: join(images, 'router.raw'),
      container: { name },
      devices: [...card('wan', outside), ...card('lan', 'socket,id=lan,listen=127.0.0.1:7000')],
    };
    const client = {
      disk: join(images, 'instant.raw'),
      container: { network: `container:${name}` },
      devices: card('lan', 'socket,id=lan,connect=127.0.0.1:7000'),
    };
    await onMachine(router, async (onRouter) => {
      await onMachine(client, async (onClient) => {
        const address = 'for i in $(seq 60); do ip -4 -br address | grep -F 192.168.77. && break; sleep 2; done';
        expect(await onClient.run(address)).toMatch(/ 192\.168\.77\.\d+\/24/);
        expect(await onClient.run('resolvectl query --legend=no router.lan')).toContain('192.168.77.1');
        await onRouter.run('tcpdump -nc 1 -i wan tcp dst port 80 > /tmp/seen 2>/dev/null & sleep 5');
        expect(await onClient.run('cat </dev/tcp/10.0.2.100/80')).toBe('outside');
        expect(await onRouter.run('cat /tmp/seen')).toMatch(/IP 10\.0\.2\.15\.\d+ > 10\.0\.2\.100\.80/);
        expect(await onRouter.run(services.bash.failed)).toBe('');
      });
    });
  });
});

/** A network card of the guest: QEMU's arguments. */
function card(id: string, netdev: string): string[] {
  return ['-netdev', netdev, '-device', `virtio-net-pci,netdev=${id},romfile=`];
}

/** Boots a machine, takes its shell of root, and ends it whatever happens. */
async function onMachine(options: GuestOptions, use: (guest: Guest) => Promise<void>): Promise<void> {
  const guest = await bootGuest({ ...options, rootShell: true, image: await stageImageId('boot-tester') });
  try {
    await guest.takeShell();
    // What the kernel has to say would stand between the output of commands.
    await guest.run('dmesg -n 1');
    await guest.run(services[options.shell ?? 'bash'].started, { timeoutMs: settleMs, okCodes: [0, 1] });
    await use(guest);
  } finally {
    await guest.stop();
  }
}
