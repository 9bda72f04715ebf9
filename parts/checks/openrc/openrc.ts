/**
 * Asks a running OpenRC for its services. OpenRC takes nothing in from outside, so images with it have a service of their own,
 * boot-check, that looks in a virtual machine's SMBIOS tables for what to run; the answer comes over a second serial port.
 */
import { definePart } from '../../part.ts';
import type { Check } from '../check.ts';
import { askedInShell, opening, prefix } from '../guest-report.ts';
import { scriptReport, scriptRootLogIn, scriptStrings } from '../smbios-script.ts';
import { OpenrcCheckParams } from './params.ts';

export const openrc = definePart(
  OpenrcCheckParams,
  (): Check => ({
    strings: (questions) => openrcCheckStrings(questions.map(({ command }) => command)),
    rootLogIn: scriptRootLogIn,
    report: scriptReport,
  }),
);

export function openrcCheckStrings(commands: readonly (readonly string[])[]): readonly string[] {
  return scriptStrings(scriptFor(commands));
}

/** OpenRC has a link in /run/openrc/failed for each service that did not start; what ended since, rc-status(8) calls crashed. */
const scriptFor = (commands: readonly (readonly string[])[]) => `
${opening}[ "$(cat /run/openrc/softlevel)" = default ] && echo "${prefix}active default"
for service in /run/openrc/failed/*; do
  if [ -e "$service" ]; then echo "${prefix}failed \${service##*/} did-not-start"; fi
done
rc-status --nocolor --crashed | while read -r service rest; do echo "${prefix}failed $service crashed"; done
${commands.map(askedInShell).join('')}echo ${prefix}end
`;
