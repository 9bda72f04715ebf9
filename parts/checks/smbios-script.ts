/** A script for images that look for it in the SMBIOS tables by themselves, with a service that their init component has. */
import type { Expected } from './check.ts';
import { GuestReport } from './guest-report.ts';

const service = 'boot-check';

/** What the service looks for; the components have it as well. */
const key = 'ldf.check=';

/** Values of SMBIOS type 11 (OEM strings): the script in base64, as one string. */
export function scriptStrings(script: string): readonly string[] {
  return [`${key}${Buffer.from(script).toString('base64')}`];
}

/** Reads what the service says. */
export function scriptReport(expected: Expected): GuestReport {
  return new GuestReport(expected, {
    name: service,
    failedHint: 'Correct the service or what it needs, or list it under system.services.disable.',
  });
}
