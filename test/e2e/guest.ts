/**
 * Boots an image in QEMU, logs in on its serial console, and runs commands in it. The image stays as it is: what the
 * guest writes to its disk goes with it unless it is to be kept, so that two boots of one image are two first boots.
 *
 *     const guest = await bootGuest({ disk: 'out/gw-0.1-x86_64.qcow2', log: 'console.log', image: await stageImageId('boot-tester') });
 *     await guest.logIn('tester', 'password');
 *     expect(await guest.run('id -un')).toBe('tester');
 *     expect(await guest.sudo('cat /etc/shadow')).toContain('tester');
 *     await guest.stop();
 */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { scriptRootLogIn } from '../../parts/checks/smbios-script.ts';
import { systemdRootLogIn } from '../../parts/checks/systemd/systemd.ts';

export interface GuestOptions {
  /** The disk image on this machine. */
  disk: string;
  /** Default: told from the name's end. */
  format?: 'raw' | 'qcow2';
  /** The Docker id of the boot-tester, whose QEMU is used; without it, the QEMU and OVMF of this machine. */
  image?: string;
  memoryMiB?: number;
  cpus?: number;
  /** What the disk hangs on: QEMU arguments that use the drive `disk`. Default: virtio-blk. */
  diskDevice?: readonly string[];
  /** What the guest writes stays on its disk. */
  keep?: boolean;
  /** More QEMU arguments, such as other network cards. Default: a virtio card whose network leads nowhere. */
  devices?: readonly string[];
  /** What commands go to once somebody is logged in. Default: a plain bash. */
  shell?: 'bash' | 'sh';
  /** Root is logged in on the console without a password, as this machine alone is told: see `takeShell`. */
  rootShell?: boolean;
  /** With `image`: the container's name, and the network it is in (docker run --network). Default: one that leads nowhere. */
  container?: { name?: string; network?: string };
  /** A file that gets everything the console says, without escape sequences. */
  log?: string;
}

export interface CommandOptions {
  /** Default: five minutes. An emulated guest on a busy machine is slow. */
  timeoutMs?: number;
  /** Exit codes that are not an error. Default: 0. */
  okCodes?: readonly number[];
}

/** Whatever runs in it: each init system looks for its own. */
const rootLogIn = [...systemdRootLogIn, ...scriptRootLogIn];

/** From the start of QEMU to the log-in prompt. */
const bootTimeoutMs = 20 * 60_000;
const commandTimeoutMs = 5 * 60_000;
/** A terminal in canonical mode takes lines up to this length (termios(3)). */
const maxLineBytes = 4095;

const variables = '/usr/share/OVMF/OVMF_VARS_4M.fd';
/** "$1" is where the guest's own copy of the firmware's variables goes; the rest is QEMU's command line. */
const launcher = `folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; export TMPDIR="$folder"
cp ${variables} "$folder/variables.fd"; cd "$folder"; trap 'kill $qemu' TERM
exec 3<&0; qemu-system-x86_64 "$@" <&3 & qemu=$!; wait $qemu; wait $qemu`;

/** Starts the guest and resolves at once; `logIn` waits for its prompt. */
export async function bootGuest(options: GuestOptions): Promise<Guest> {
  const disk = resolve(options.disk);
  const format = options.format ?? (disk.endsWith('.qcow2') ? 'qcow2' : 'raw');
  const file = (options.image ? `/look/${basename(disk)}` : disk).replaceAll(',', ',,');
  const qemu = [
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-machine', 'q35', '-accel', 'tcg', '-cpu', 'max,la57=off,svm=off'],
    // The guest's clock follows its instructions: on a busy machine, no time limit inside it is over too soon.
    ...['-icount', 'shift=2,sleep=on,align=off', '-rtc', 'clock=vm'],
    ...['-smp', String(options.cpus ?? 1), '-m', `${options.memoryMiB ?? 1024}M`],
    ...['-drive', 'if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd'],
    ...['-drive', 'if=pflash,unit=1,format=raw,file=variables.fd'],
    ...['-drive', `if=none,id=disk,format=${format},snapshot=${options.keep ? 'off' : 'on'},file=${file}`],
    ...(options.diskDevice ?? ['-device', 'virtio-blk-pci,drive=disk,bootindex=0']),
    ...(options.devices ?? [
      '-netdev',
      'user,id=network,restrict=on',
      '-device',
      'virtio-net-pci,netdev=network,romfile=',
    ]),
    ...(options.rootShell ? rootLogIn.flatMap((value) => ['-smbios', `type=11,value=${value}`]) : []),
    ...['-device', 'virtio-rng-pci', '-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
  ];
  const { name, network = 'none' } = options.container ?? {};
  const [tool, ...args] = options.image
    ? [
        ...[
          'docker',
          'run',
          '--rm',
          '--interactive',
          '--network',
          network,
          '--volume',
          `${dirname(disk)}:/look:${options.keep ? 'rw' : 'ro'}`,
        ],
        ...(name === undefined ? [] : ['--name', name]),
        ...['--entrypoint', 'bash', options.image, '-c', launcher, 'bash', ...qemu],
      ]
    : ['bash', '-c', launcher, 'bash', ...qemu];
  return new Guest(tool ?? '', args, options);
}

export class Guest {
  /** What the console has said that no `waitFor` has passed yet. */
  #unread = '';
  #said: () => void = () => undefined;
  #ended = false;
  #password = '';
  readonly #qemu;
  readonly #gone: Promise<unknown>;

  readonly #shell: string;

  constructor(tool: string, args: readonly string[], { log, shell = 'bash' }: Pick<GuestOptions, 'log' | 'shell'>) {
    this.#shell = shell === 'bash' ? 'bash --noprofile --norc --noediting' : shell;
    this.#qemu = execa(tool, args, { stdin: 'pipe', buffer: { stdout: false }, reject: false });
    const file = log === undefined ? undefined : createWriteStream(log);
    let raw = '';
    this.#qemu.stdout.setEncoding('utf8').on('data', (text: string) => {
      raw += text;
      // An escape sequence may come in two pieces.
      const last = raw.lastIndexOf('\u001b');
      const whole = last >= 0 && !/[a-zA-Z]/.test(raw.slice(last)) ? last : raw.length;
      const plain = stripVTControlCharacters(raw.slice(0, whole)).replaceAll('\r', '');
      raw = raw.slice(whole);
      file?.write(plain);
      this.#unread += plain;
      this.#said();
    });
    // A guest that is gone takes no input; whoever waits for its answer is told so.
    this.#qemu.stdin.on('error', () => undefined);
    this.#gone = this.#qemu.then(({ stderr }) => {
      file?.end(`\n${stderr}\n`);
      this.#unread += `\n${stderr}`;
      this.#ended = true;
      this.#said();
    });
  }

  /** Resolves with what was said up to and including the match. */
  async waitFor(pattern: RegExp, timeoutMs = commandTimeoutMs): Promise<string> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const match = pattern.exec(this.#unread);
      if (match) {
        const length = match.index + match[0].length;
        const said = this.#unread.slice(0, length);
        this.#unread = this.#unread.slice(length);
        return said;
      }
      const left = end - Date.now();
      if (this.#ended || left <= 0)
        throw new Error(
          `${this.#ended ? 'The guest ended' : `${timeoutMs / 1000} s went by`} without ${pattern}:\n${this.#unread.slice(-2000)}`,
        );
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#said = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Types a line. */
  type(line: string): void {
    if (Buffer.byteLength(line) >= maxLineBytes) throw new Error(`a terminal takes no line of ${line.length} bytes`);
    this.#qemu.stdin.write(`${line}\n`);
  }

  /** Waits for the log-in prompt and logs in; commands go to a plain shell then. */
  async logIn(name: string, password: string, timeoutMs = bootTimeoutMs): Promise<void> {
    await this.waitFor(/^(?!Last )\S+ login: ?$/m, timeoutMs);
    this.type(name);
    await this.waitFor(/^Password: ?$/m);
    this.type(password);
    this.#password = password;
    await this.waitFor(/[$#] $/m);
    await this.#plainShell();
  }

  /** Waits for the shell of a machine with `rootShell`; commands go to a plain one then. */
  async takeShell(timeoutMs = bootTimeoutMs): Promise<void> {
    await this.waitFor(/root@[^\n]*# $/, timeoutMs);
    await this.#plainShell();
  }

  async #plainShell(): Promise<void> {
    this.type(`stty -echo; PS1= PS2= PROMPT_COMMAND= TERM=dumb exec ${this.#shell}`);
    await this.run('true');
  }

  /** Runs a command of the shell as who has logged in; gives its output, stderr too. @throws Error on other exit codes. */
  async run(command: string, { timeoutMs = commandTimeoutMs, okCodes = [0] }: CommandOptions = {}): Promise<string> {
    const mark = randomBytes(8).toString('hex');
    // In halves, so that an echo of the line is not taken for the mark itself.
    const echo = `${mark.slice(0, 8)}''${mark.slice(8)}`;
    this.type(`printf '\\n%s\\n' ${echo}; { ${command}\n} 2>&1 </dev/null; printf '\\n%s %s\\n' ${echo} $?`);
    await this.waitFor(new RegExp(`^${mark}\\n`, 'm'), timeoutMs);
    const said = await this.waitFor(new RegExp(`^${mark} [0-9]+\\n`, 'm'), timeoutMs);
    const [, output = '', exitCode = ''] = /^([\s\S]*)\n[0-9a-f]{16} ([0-9]+)\n$/.exec(said) ?? [];
    if (!okCodes.includes(Number(exitCode))) throw new Error(`${command}: exit code ${exitCode}\n${output}`);
    return output.trimEnd();
  }

  /** The same as root; sudo is given the password of the log-in when it asks. */
  async sudo(command: string, options?: CommandOptions): Promise<string> {
    return this.run(`printf '%s\\n' ${quote(this.#password)} | sudo -S -p '' bash -c ${quote(command)}`, options);
  }

  /** Ends the guest and resolves when it is gone. */
  async stop(): Promise<void> {
    this.#qemu.kill('SIGTERM');
    const force = setTimeout(() => this.#qemu.kill('SIGKILL'), 10_000);
    await this.#gone;
    clearTimeout(force);
  }
}

/** A word of the shell that stands for the text itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
