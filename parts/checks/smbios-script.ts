/** For images that look into the SMBIOS tables by themselves, with programs that their init component has: OEM strings `ldf.KEY=VALUE`. */
import type { Expected } from './check.ts';
import { GuestReport } from './guest-report.ts';

const service = 'boot-check';

/** Values of SMBIOS type 11 (OEM strings): the script in base64, as one string. */
export function scriptStrings(script: string): readonly string[] {
  return [`ldf.check=${Buffer.from(script).toString('base64')}`];
}

/** What log-in prompts look for before they ask for a name. */
export const scriptRootLogIn: readonly string[] = ['ldf.log-in=root'];

/** Reads what the service says. */
export function scriptReport(expected: Expected): GuestReport {
  return new GuestReport(expected, {
    name: service,
    failedHint: 'Correct the service or what it needs, or list it under system.services.disable.',
  });
}
