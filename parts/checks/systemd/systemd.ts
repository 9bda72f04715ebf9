/**
 * Asks a running systemd for its units, for the console does not tell all: from the moment a getty owns it, at the latest
 * five seconds after its start, systemd prints no more status lines (systemd.service(5), Type=idle), and a service may die
 * after its start was reported. The image stays as it is: everything is handed over in the SMBIOS tables
 * (smbios-type-11(7)), and the answer comes over a second serial port. Where a guest has no ear for it, nothing is heard.
 */
import { meaningOf } from '../../../src/definition/command-line.ts';
import { shellWord } from '../../../src/shell-word.ts';
import { definePart } from '../../part.ts';
import type { Check, CheckReport, Expected, Problem } from '../check.ts';
import { SystemdCheckParams } from './params.ts';

const unitName = 'ldf-check.service';
const prefix = 'ldf-check ';
/** Of a system where everything fails, so many units tell enough. */
const maxUnits = 50;
/** The script asks the journal for so many lines of a unit; a port that says more of it is not our script. */
const maxJournalLines = 5;
/** Active targets that are kept: a system has some 30. */
const maxActive = 500;
/** A question's program has so long, and so much of what it prints is read. */
const answerSeconds = 60;
const maxAnswerLines = 20;
/** Unit names have at most so many characters (systemd.unit(5)). */
const maxUnitName = 255;
/** A command line is no longer than this (COMMAND_LINE_SIZE). */
const maxCommandLine = 2048;
/** A name of a file system, in the kernel's list of them. */
const fileSystemName = /^[a-z0-9._-]{1,31}$/;
/** Of a line of a journal, so much is kept. */
const maxTextLength = 1000;

/** Where there is a display manager, its greeter has so long to open a session on the screen … */
const sessionSeconds = 40;
/**
 * … and so long to draw it, or until a processor has been idle for half of a look: whoever sees the picture of the screen
 * shall see what a user would, and a greeter that dies at once is found.
 */
const drawSeconds = 90;
const lookSeconds = 3;
/** USER_HZ of /proc/stat (proc_stat(5)) is 100. */
const idleTicks = (lookSeconds * 100) / 2;

const darkProblem: Problem = {
  code: 'boot.screen-dark',
  message: `its display manager is active, but opened no session on the screen within ${sessionSeconds} s`,
  hint: 'See that the kernel has a driver of graphics (CONFIG_DRM with CONFIG_DRM_BOCHS, CONFIG_DRM_SIMPLEDRM or CONFIG_DRM_VIRTIO_GPU): without one systemd-logind says that no display can be had, and display managers wait for ever. Otherwise take the display manager out of the packages.',
};

export const systemd = definePart(
  SystemdCheckParams,
  (): Check => ({
    strings: (questions) => systemdCheckStrings(questions.map(({ command }) => command)),
    rootLogIn: systemdRootLogIn,
    report: (expected) => new SystemdReport(expected),
  }),
);

/** Reads the check's lines; whatever else the port says (firmware uses it, too) is passed over. */
export class SystemdReport implements CheckReport {
  readonly #expected: Expected;
  #begun = false;
  #ended = false;
  #dark = false;
  #commandLine: string | undefined;
  #root: readonly string[] = [];
  readonly #failed = new Map<string, { result: string; journal: string[] }>();
  readonly #active = new Set<string>();

  /** By a question's number, what the guest has answered so far, and whether that was all. */
  readonly #answers = new Map<number, { lines: string[]; over: boolean }>();

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  get begun(): boolean {
    return this.#begun;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /**
   * One problem for each failed unit, with the end of its journal as evidence; one for a screen that stays dark, one for lost
   * words, and one for each question with another answer.
   */
  get problems(): Problem[] {
    const dark = this.#dark && this.#expected.screen ? [darkProblem] : [];
    return [...this.#unitProblems(), ...dark, ...this.#wordProblems(), ...this.#answerProblems()];
  }

  #answerProblems(): Problem[] {
    return this.#expected.questions.flatMap(({ what, command, matches, hint }, index) => {
      const { lines, over } = this.#answers.get(index) ?? { lines: [], over: false };
      if (!over || lines.some(matches)) return [];
      return [
        {
          code: 'boot.answer',
          message: `it does not show that ${what}`,
          hint: hint ?? `See what \`${command.join(' ')}\` says in the guest: boot the image and look.`,
          evidence: lines.length > 0 ? lines.join('\n') : `${command.join(' ')} printed nothing`,
        },
      ];
    });
  }

  /** Words are compared by what they mean: boot loaders differ in how they quote. */
  #wordProblems(): Problem[] {
    const line = this.#commandLine;
    if (line === undefined) return [];
    const present = new Set(meaningOf(line));
    const lost = this.#expected.words.filter((word) => meaningOf(word).some((meant) => !present.has(meant)));
    if (lost.length === 0) return [];
    return [
      {
        code: 'boot.cmdline-lost',
        message: `its kernel was started without ${lost.join(' ')}`,
        hint: 'See whether the boot loader can hand such words over; without quotes and backslashes every one can.',
        evidence: line,
      },
    ];
  }

  #unitProblems(): Problem[] {
    return [...this.#failed].map(([unit, { result, journal }]) => ({
      code: 'boot.unit-failed',
      message: `${unit} failed (${result})`,
      hint: 'Correct the unit or what it needs, or list it under system.services.disable.',
      ...(journal.length === 0 ? {} : { evidence: journal.join('\n') }),
    }));
  }

  /** Which file system the root is, and where that is a layer, what lies below it. */
  get notes(): readonly string[] {
    return this.#root.length > 0 ? [`/ is ${this.#root.join(' over ')}`] : [];
  }

  isActive(unit: string): boolean {
    return this.#active.has(unit);
  }

  heard(line: string): void {
    if (!line.startsWith(prefix)) return;
    const [word, unit = '', ...rest] = line.slice(prefix.length).split(' ');
    if (word === 'cmdline') this.#commandLine = line.slice(`${prefix}cmdline `.length, maxCommandLine + prefix.length);
    else if (word === 'begin') this.#begun = true;
    else if (word === 'end') this.#ended = this.#begun;
    else if (word === 'dark') this.#dark = true;
    else if (word === 'root') this.#root = [unit, ...rest].filter((name) => fileSystemName.test(name)).slice(0, 2);
    else if (word === 'answer' || word === 'answered')
      this.#sawAnswer(Number(unit), word === 'answered', rest.join(' '));
    if (unit.length > maxUnitName) return;
    const text = rest.join(' ').slice(0, maxTextLength);
    if (word === 'active') this.#sawActive(unit);
    else if (word === 'failed') this.#sawFailed(unit, text);
    else if (word === 'journal') this.#sawJournal(unit, text);
  }

  #sawAnswer(index: number, over: boolean, line: string): void {
    if (this.#expected.questions[index] === undefined) return;
    const answer = this.#answers.get(index) ?? { lines: [], over: false };
    this.#answers.set(index, answer);
    if (over) answer.over = true;
    else if (answer.lines.length < maxAnswerLines) answer.lines.push(line.slice(0, maxTextLength));
  }

  #sawActive(unit: string): void {
    if (this.#active.size < maxActive) this.#active.add(unit);
  }

  #sawFailed(unit: string, result: string): void {
    if (unit === unitName || this.#failed.has(unit) || this.#failed.size >= maxUnits) return;
    this.#failed.set(unit, { result, journal: [] });
  }

  #sawJournal(unit: string, text: string): void {
    const journal = this.#failed.get(unit)?.journal;
    if (journal && journal.length < maxJournalLines) journal.push(text);
  }
}

/**
 * Runs as a simple service, whose start is over at once: a job of its own would keep `is-system-running --wait` waiting
 * for ever.
 */
const scriptFor = (commands: readonly (readonly string[])[]) => `
exec >/dev/ttyS1 2>/dev/null || exit 0
list() { systemctl list-units --plain --no-legend --no-pager "$@"; }
echo ${prefix}begin
read -r line </proc/cmdline && printf '${prefix}cmdline %s\\n' "$line"
type_of() { findmnt --noheadings --first-only --output FSTYPE --mountpoint "$1"; }
echo ${prefix}root $(type_of /) $(type_of /run/overlay/lower)
systemctl is-system-running --wait >/dev/null
if systemctl --quiet is-active display-manager.service; then
  waited=0
  until loginctl list-sessions --no-legend | grep --quiet --word-regexp seat0; do
    if [ "$waited" -ge ${sessionSeconds} ]; then
      echo ${prefix}dark
      break
    fi
    sleep 1
    waited=$((waited + 1))
  done
  drawn=0
  while [ "$drawn" -lt ${drawSeconds} ]; do
    read -r label user nice system before rest </proc/stat
    sleep ${lookSeconds}
    read -r label user nice system after rest </proc/stat
    if [ $((after - before)) -ge ${idleTicks} ]; then break; fi
    drawn=$((drawn + ${lookSeconds}))
  done
fi
list --type=target --state=active | while read -r unit rest; do echo "${prefix}active $unit"; done
list --state=failed | while read -r unit rest; do
  echo "${prefix}failed $unit $(systemctl show --value --property=Result "$unit")"
  journalctl --boot --unit="$unit" --lines=${maxJournalLines} --output=cat --no-pager | while IFS= read -r line; do
    printf '${prefix}journal %s %s\\n' "$unit" "$line"
  done
done
${commands.map(askedInShell).join('')}echo ${prefix}end
`;

/** coreutils' timeout(1) ends what hangs. */
function askedInShell(command: readonly string[], index: number): string {
  return `timeout ${answerSeconds} ${command.map(shellWord).join(' ')} 2>&1 </dev/null | head --lines=${maxAnswerLines} |
  while IFS= read -r line; do printf '${prefix}answer ${index} %s\\n' "$line"; done
echo ${prefix}answered ${index}
`;
}

const unitFor = (commands: readonly (readonly string[])[]) => `[Unit]
Description=Boot check
ConditionFileIsExecutable=/bin/sh
ConditionPathExists=/dev/ttyS1

[Service]
Type=simple
StandardOutput=null
StandardError=null
ExecStart=-/bin/sh -c ${quoteForUnit(scriptFor(commands))}
`;

const dropIn = `[Unit]
Wants=${unitName}
`;

/**
 * Values of SMBIOS type 11 (OEM strings). The first two bring the check in, from systemd 256 on
 * (systemd.system-credentials(7)). The last one, for older ones, makes systemd log through the kernel, whose messages
 * reach the console at any time; systemd-boot and systemd-stub put it on the command line. With it goes no_timer_check: on a busy machine
 * an emulated timer may be late, and Linux takes it for a broken one (KVM guests leave the check out by themselves).
 */
export function systemdCheckStrings(commands: readonly (readonly string[])[]): readonly string[] {
  return [
    credential(`systemd.extra-unit.${unitName}`, unitFor(commands)),
    credential('systemd.unit-dropin.multi-user.target', dropIn),
    'io.systemd.boot.kernel-cmdline-extra=systemd.log_target=kmsg no_timer_check',
  ];
}

/** systemd.system-credentials(7): agetty (from util-linux 2.40, so Debian 13) and login read them; an older system shows its prompt. */
export const systemdRootLogIn: readonly string[] = [
  'io.systemd.credential:agetty.autologin=root',
  'io.systemd.credential:login.noauth=yes',
];

function credential(name: string, content: string): string {
  return `io.systemd.credential.binary:${name}=${Buffer.from(content).toString('base64')}`;
}

/** systemd.service(5), "Command lines": C escapes inside double quotes; `$` and `%` are doubled to stand for themselves. */
function quoteForUnit(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('$', '$$$$')
    .replaceAll('%', '%%');
  return `"${escaped}"`;
}
