/**
 * Asks a running systemd for its units, for the console does not tell all: from the moment a getty owns it, at the latest
 * five seconds after its start, systemd prints no more status lines (systemd.service(5), Type=idle), and a service may die
 * after its start was reported. The image stays as it is: everything is handed over in the SMBIOS tables
 * (smbios-type-11(7)), and the answer comes over a second serial port. Where a guest has no ear for it, nothing is heard.
 */
import { definePart } from '../../part.ts';
import { type Check, type Expected, type Problem, secureBootActive } from '../check.ts';
import { askedInShell, GuestReport, maxJournalLines, opening, prefix } from '../guest-report.ts';
import { SystemdCheckParams } from './params.ts';

/** Programs with their arguments. */
type Commands = readonly (readonly string[])[];

const unitName = 'ldf-check.service';

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

/** efivarfs puts four bytes of attributes before the value, which is 1 where signatures are checked (UEFI 2.10 §3.3). */
const secureBootVariable = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

const darkProblem: Problem = {
  code: 'boot.screen-dark',
  message: `its display manager is active, but opened no session on the screen within ${sessionSeconds} s`,
  hint: 'See that the kernel has a driver of graphics (CONFIG_DRM with CONFIG_DRM_BOCHS, CONFIG_DRM_SIMPLEDRM or CONFIG_DRM_VIRTIO_GPU): without one systemd-logind says that no display can be had, and display managers wait for ever. Otherwise take the display manager out of the packages.',
};

export const systemd = definePart(
  SystemdCheckParams,
  (): Check => ({
    strings: (questions, port) =>
      systemdCheckStrings(
        questions.map(({ command }) => command),
        port,
      ),
    rootLogIn: systemdRootLogIn,
    report: systemdReport,
  }),
);

export function systemdReport(expected: Expected): GuestReport {
  return new GuestReport(expected, {
    name: unitName,
    failedHint: 'Correct the unit or what it needs, or list it under system.services.disable.',
    dark: darkProblem,
  });
}

/**
 * Runs as a simple service, whose start is over at once: a job of its own would keep `is-system-running --wait` waiting
 * for ever.
 */
const scriptFor = (commands: Commands, port: string) => `
exec >/dev/${port} 2>/dev/null || exit 0
list() { systemctl list-units --plain --no-legend --no-pager "$@"; }
${opening}systemctl is-system-running --wait >/dev/null
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
case "$(od --address-radix=n --format=u1 --skip-bytes=4 ${secureBootVariable})" in *1) echo ${prefix}active ${secureBootActive} ;; esac
list --type=target --state=active | while read -r unit rest; do echo "${prefix}active $unit"; done
list --state=failed | while read -r unit rest; do
  echo "${prefix}failed $unit $(systemctl show --value --property=Result "$unit")"
  journalctl --boot --unit="$unit" --lines=${maxJournalLines} --output=cat --no-pager | while IFS= read -r line; do
    printf '${prefix}journal %s %s\\n' "$unit" "$line"
  done
done
${commands.map(askedInShell).join('')}echo ${prefix}end
`;

const unitFor = (commands: Commands, port: string) => `[Unit]
Description=Boot check
ConditionFileIsExecutable=/bin/sh
ConditionPathExists=/dev/${port}

[Service]
Type=simple
StandardOutput=null
StandardError=null
ExecStart=-/bin/sh -c ${quoteForUnit(scriptFor(commands, port))}
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
export function systemdCheckStrings(commands: Commands, port: string): readonly string[] {
  return [
    credential(`systemd.extra-unit.${unitName}`, unitFor(commands, port)),
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
