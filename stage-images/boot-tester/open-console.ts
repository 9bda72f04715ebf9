/**
 * `console`: boots one artifact with the container's stdin and stdout as its serial console, until the guest ends, the
 * time is over, or stdin is closed. The artifact stays as it is.
 */
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checks } from '../../parts/checks/index.ts';
import { machines } from '../../parts/machines/index.ts';
import { machineOrInspection } from '../../parts/machines/machine.ts';
import { makePart } from '../../parts/part.ts';
import { ConsoleRequest } from '../../src/stages/console.ts';
import { stagePaths } from '../../src/stages/contract.ts';
import { StageFailure } from '../contract/failure.ts';
import { chooseAccelerator } from './accelerator.ts';
import { asDisk } from './disk.ts';
import { type GuestEnd, startGuest } from './guest.ts';

/** Ends the process. What there is to say is said on the console. */
export async function openConsole(): Promise<never> {
  process.once('SIGTERM', () => process.exit(128 + 15));
  try {
    say(await converse());
    process.exit(0);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    if (error instanceof StageFailure && error.error.hint) say(error.error.hint);
    process.exit(1);
  }
}

/** Gives how it came to its end, in words. */
async function converse(): Promise<string> {
  const text = await readFile(join(stagePaths.out, stagePaths.request), 'utf8');
  const request = ConsoleRequest.parse(JSON.parse(text));
  const { arch, machine: chosen, artifact, disk: seenAs, qemu, memoryMiB, cpus, seconds, rootLogIn } = request;
  const machine = machineOrInspection(makePart('machine', machines, chosen), arch);
  if ('inspect' in machine) throw new Error('Nothing here can start the machine that the image is for.');
  const accelerator = await chooseAccelerator(machine, stagePaths.work, say);
  const folder = await mkdtemp(join(stagePaths.work, 'guest-'));
  const disk = await asDisk(qemu, join(stagePaths.in, 'package', artifact), folder, seenAs);
  say(
    `Booting ${artifact} with ${accelerator}, ${cpus} CPU(s) and ${memoryMiB} MiB. What it writes to its disk is not kept.`,
  );
  const logIn = rootLogIn ? makePart('check', checks, rootLogIn).rootLogIn : [];
  if (rootLogIn && logIn.length === 0)
    say('Its init system logs nobody in from outside: log in as one of its users, if one has a password.');
  const guest = await startGuest(machine, {
    ...{ accelerator, cpus, memoryMiB, disk, folder },
    display: false,
    answers: false,
    strings: logIn,
    // Whoever sits in front of it lives in the host's time.
    time: 'host',
    input: process.stdin,
  });
  const output = pipeline(guest.console, process.stdout, { end: false });
  const timeOver = new Promise<string>((resolve) =>
    setTimeout(() => resolve(`The time limit of ${seconds / 60} minutes was reached.`), seconds * 1000),
  );
  const left = new Promise<string>((resolve) => process.stdin.once('end', () => resolve('The console was closed.')));
  const words = await Promise.race([guest.ended.then(describe), timeOver, left]);
  await guest.stop();
  await output;
  return words;
}

function describe(end: GuestEnd): string {
  switch (end.cause) {
    case 'reset':
      return 'The machine asked for a restart, which ends it here.';
    case 'shutdown':
      return 'The machine has switched itself off.';
    default:
      return `QEMU ended: ${end.message}`;
  }
}

/** On a line of its own, wherever the guest's cursor is. */
function say(words: string): void {
  process.stdout.write(`\r\n[LDF] ${words}\r\n`);
}
