/** One virtual machine as it runs: starts QEMU, hands out its console, tells how it ended, and ends it. */
import type { Server } from 'node:net';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { execa } from 'execa';
import type { Machine } from '../../parts/machines/machine.ts';
import { ignoreReset, listenOn, Monitor } from './monitor.ts';
import { processorSeconds } from './processor-time.ts';
import { type GuestParts, qemuArguments } from './qemu-arguments.ts';

/** `flood`: it was ended, for it wrote to its console without end. */
export type GuestEnd = { cause: 'reset' | 'shutdown' } | { cause: 'qemu' | 'flood'; message: string };

/** What the watching needs of a guest. */
export interface Guest {
  /** Raw bytes of the first serial port; ends when the guest does. */
  readonly console: Readable;
  /** Raw bytes of the second one, where the check answers; ends when the guest does. */
  readonly check: Readable | undefined;
  /** Resolves when the guest has ended, by itself or by `stop`. */
  readonly ended: Promise<GuestEnd>;
  /** Seconds that have passed for the guest, by its own clock; undefined where its clock is the host's. */
  readonly clock: (() => Promise<number>) | undefined;
  /** Writes what the screen shows into a file, as PNG; undefined without a screen. @throws MonitorError */
  readonly screenshot: ((path: string) => Promise<void>) | undefined;
  /** Seconds of a processor that QEMU has used so far; undefined once it has ended. */
  processorSeconds(): Promise<number | undefined>;
  /** Ends the guest, if need be by force, and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface GuestWish
  extends Pick<GuestParts, 'accelerator' | 'cpus' | 'memoryMiB' | 'display' | 'disk' | 'strings'> {
  /** A folder of its own, for what firmware and the guest write to its disk, and sockets (so its path is short). */
  folder: string;
  /** The strings bring a check into the guest, which answers over a second serial port. */
  answers: boolean;
  /** What is typed on the console; by default nothing. */
  input?: Readable;
  /** Whose time passes for an emulated guest: by default its own, which follows the instructions it has executed. */
  time?: 'guest' | 'host';
}

/** QEMU gets this long to end when told to. */
const quitMs = 5000;
const maxErrorLines = 10;

/** Starts a guest; one that cannot start ends with cause `qemu`. */
export async function startGuest(machine: Machine, wish: GuestWish): Promise<Guest> {
  // Whole seconds, for the clock of the machine shows no others.
  const startSeconds = Math.floor(Date.now() / 1000);
  const ownTime = wish.accelerator === 'tcg' && wish.time !== 'host';
  const parts: GuestParts = {
    ...wish,
    ...(ownTime ? { clockStart: new Date(startSeconds * 1000) } : {}),
    firmware: await machine.firmware(wish.folder),
    monitor: join(wish.folder, 'monitor'),
    ...(wish.answers ? { check: join(wish.folder, 'check') } : {}),
  };
  const monitor = await Monitor.listen(parts.monitor);
  const checkServer = parts.check ? await listenOn(parts.check) : undefined;

  // Not through runTool: the console is bytes, not lines. TMPDIR is where snapshot=on keeps what the guest writes.
  const qemu = execa(machine.qemu, qemuArguments(machine, parts), {
    env: { PATH: '/usr/bin:/bin', TMPDIR: wish.folder },
    extendEnv: false,
    buffer: { stdout: false },
    stdin: wish.input ? 'pipe' : 'ignore',
    reject: false,
  });
  if (qemu.stdin) wish.input?.pipe(qemu.stdin.on('error', ignoreReset));

  const ended = qemu.then((result): GuestEnd => {
    monitor.close();
    checkServer?.close();
    if (monitor.shutdownReason === 'guest-reset') return { cause: 'reset' };
    if (monitor.shutdownReason === 'guest-shutdown') return { cause: 'shutdown' };
    return { cause: 'qemu', message: describeExit(result) };
  });
  const stop = async () => {
    monitor.quit();
    const force = setTimeout(() => qemu.kill('SIGKILL'), quitMs);
    await ended;
    clearTimeout(force);
  };
  return {
    console: qemu.stdout,
    check: checkServer && receive(checkServer),
    ended,
    clock: ownTime ? async () => (await monitor.clockSeconds(machine.clock)) - startSeconds : undefined,
    screenshot: wish.display ? (path) => monitor.screenshot(path) : undefined,
    processorSeconds: () => processorSeconds(qemu.pid),
    stop,
  };
}

/** What the one client of a server sends; ends with the server. */
function receive(server: Server): Readable {
  const received = new PassThrough();
  server.once('connection', (socket) => {
    socket.on('error', ignoreReset);
    socket.pipe(received);
  });
  server.once('close', () => received.end());
  return received;
}

interface Exit {
  exitCode?: number | undefined;
  signal?: string | undefined;
  stderr: string;
  originalMessage?: string | undefined;
}

function describeExit({ exitCode, signal, stderr, originalMessage }: Exit): string {
  const said = stderr.split('\n').slice(-maxErrorLines).join('\n');
  const how = signal ? `ended by ${signal}` : exitCode === undefined ? originalMessage : `exit code ${exitCode}`;
  return [said, `(${how})`].filter((part) => part).join(' ');
}
