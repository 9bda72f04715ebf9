/** A script for images that look for it in the SMBIOS tables by themselves, with a service that their init component has. */

/** What the service looks for; the components have it as well. */
const key = 'ldf.check=';

/** Values of SMBIOS type 11 (OEM strings): the script in base64, as one string. */
export function scriptStrings(script: string): readonly string[] {
  return [`${key}${Buffer.from(script).toString('base64')}`];
}
