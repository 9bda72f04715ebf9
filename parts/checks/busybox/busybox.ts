/**
 * Asks a running BusyBox for its services. Its init takes nothing in from outside, so images with it have a service of their own,
 * boot-check, that looks in a virtual machine's SMBIOS tables for what to run; the answer comes over a second serial port.
 */
import { definePart } from '../../part.ts';
import type { Check } from '../check.ts';
import { askedInShell, opening, prefix } from '../guest-report.ts';
import { scriptReport, scriptRootLogIn, scriptStrings } from '../smbios-script.ts';
import { BusyboxCheckParams } from './params.ts';

/** For so long, services may be starting. */
const startSeconds = 300;

export const busybox = definePart(
  BusyboxCheckParams,
  (): Check => ({
    strings: (questions) => scriptStrings(scriptFor(questions.map(({ command }) => command))),
    rootLogIn: scriptRootLogIn,
    report: scriptReport,
  }),
);

/**
 * What starts them leaves a file for each service that did not start, and another when it is done. A daemon that has ended since
 * has left its number in /run.
 */
const scriptFor = (commands: readonly (readonly string[])[]) => `
${opening}waited=0
until [ -e /run/services/started ] || [ "$waited" -ge ${startSeconds} ]; do sleep 1; waited=$((waited + 1)); done
if [ -e /run/services/started ]; then echo "${prefix}active services"; fi
for service in /run/services/failed/*; do
  if [ -e "$service" ]; then echo "${prefix}failed \${service##*/} did-not-start"; fi
done
for file in /run/*.pid; do
  [ -e "$file" ] && read -r number <"$file" && ! kill -0 "$number" 2>/dev/null || continue
  name=\${file##*/}
  echo "${prefix}failed \${name%.pid} ended"
done
${commands.map(askedInShell).join('')}echo ${prefix}end
`;
