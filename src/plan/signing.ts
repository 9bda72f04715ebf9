/** What an image is signed with, and where it is to boot then. Pure: whether a certificate has expired, the caller knows. */
import { knowing } from '../../parts/machines/params.ts';
import { defaultParts } from '../definition/defaults.ts';
import type { Definition } from '../definition/definition.ts';
import { nearest } from '../definition/nearest.ts';
import type { ChosenPart } from '../stages/chosen-part.ts';
import { originText, pointerOf } from '../stages/origin.ts';
import type { Signing, SigningCertificate } from '../stages/signing.ts';
import type { Selected } from './components.ts';
import type { Problems } from './problems.ts';
import type { KeySetProblem, KnownKeySet } from './types.ts';

const pointer = '/signing/secureBoot';

/** What a boot loader component provides that starts nothing but what firmware has checked. */
const provision = 'secure-boot';

/** What a component provides that makes kernels check modules; of a kernel component, that its modules are signed already. */
const signedModules = 'signed-modules';

const noCertificate: KeySetProblem = { message: 'has no certificate', hint: 'Name another key set.' };

/** null: nothing is signed, or it is a problem. */
export function signingOf(
  { signing: { secureBoot: name } }: Definition,
  bootsOn: readonly ChosenPart[],
  keySets: readonly KnownKeySet[],
  problems: Problems,
): Signing | null {
  if (name === undefined) return null;
  const machines = bootsOn.length > 0 ? bootsOn : [defaultParts.machine];
  const certificate = usableCertificate(pointer, name, keySets, problems);
  if (!certificate) return null;
  return { certificate, bootsOn: machines.map((machine) => knowing(machine, certificate.pem)) };
}

/** null: modules are not signed, or it is a problem. */
export function moduleSigningOf(
  { signing: { modules: name } }: Definition,
  keySets: readonly KnownKeySet[],
  problems: Problems,
): SigningCertificate | null {
  return name === undefined ? null : usableCertificate('/signing/modules', name, keySets, problems);
}

function usableCertificate(
  pointer: string,
  name: string,
  keySets: readonly KnownKeySet[],
  problems: Problems,
): SigningCertificate | null {
  const problemOf = ({ problem, certificate }: KnownKeySet) => problem ?? (certificate ? null : noCertificate);
  return usableKeySet(pointer, name, keySets, problemOf, problems)?.certificate ?? null;
}

/** Of what no stage depends on: artifacts are signed where a build ends. */
export function checkArtifactSigning(
  { signing: { artifacts: name } }: Definition,
  keySets: readonly KnownKeySet[],
  problems: Problems,
): void {
  if (name !== undefined)
    usableKeySet('/signing/artifacts', name, keySets, ({ artifactProblem }) => artifactProblem, problems);
}

/** undefined: that there is none is a problem. */
function usableKeySet(
  pointer: string,
  name: string,
  keySets: readonly KnownKeySet[],
  problemOf: (found: KnownKeySet) => KeySetProblem | null,
  problems: Problems,
): KnownKeySet | undefined {
  const found = keySets.find((one) => one.name === name);
  if (!found) {
    problems.add(pointer, `there is no key set ${name}`, { value: name, hint: hintFor(name, keySets) });
    return undefined;
  }
  const problem = problemOf(found);
  if (!problem) return found;
  problems.add(pointer, `the key set ${name} ${problem.message}`, { value: name, hint: problem.hint });
  return undefined;
}

/** Of a kernel that would load no module: it is to check them, and no key is named that signs them. */
export function checkSignedModules(
  { signing: { modules } }: Definition,
  selected: readonly Selected[],
  problems: Problems,
): void {
  if (modules !== undefined) return;
  for (const { component, origin } of selected)
    if (component.kind === 'platform' && component.provides.includes(signedModules))
      problems.add(pointerOf(origin, '/signing/modules'), `${originText(origin)} wants modules that are signed`, {
        hint: `Name a key set in signing.modules (ldf keys create), choose a kernel.source that provides ${signedModules}, or leave out what wants it.`,
      });
}

/** What a format component provides that brings a boot loader of its own, which is not signed. */
const unsigned = 'unsigned-boot';

/** Of what would start without a signature: a boot loader, or a format that brings its own. */
export function checkSignedBoot(
  { signing: { secureBoot }, bootloader }: Definition,
  selected: readonly Selected[],
  problems: Problems,
): void {
  if (secureBoot === undefined) return;
  for (const { component } of selected)
    if (component.provides.includes(unsigned))
      problems.add(pointer, `${component.title} (${component.kind}: ${component.name}) is not signed`, {
        value: secureBoot,
        hint: `Take ${component.name} out of image.formats, or leave out signing.secureBoot.`,
      });
  const chosen = selected.find(({ component }) => component.kind === 'bootloader');
  if (!chosen || chosen.component.provides.includes(provision)) return;
  problems.add(
    pointer,
    `${chosen.component.title} (bootloader: ${bootloader}) starts kernels, and reads menus, whose signature nobody checks`,
    {
      value: secureBoot,
      hint: `Choose a bootloader that provides ${provision}, or leave out signing.secureBoot.`,
    },
  );
}

function hintFor(name: string, keySets: readonly KnownKeySet[]): string {
  const names = keySets.map((one) => one.name);
  const near = nearest(name, names);
  const make = `make it: ldf keys create ${name}`;
  if (near.length > 0) return `Did you mean ${near.join(' or ')}? Otherwise ${make}`;
  return names.length > 0 ? `There are ${names.join(', ')}; or ${make}` : `There is none yet; ${make}`;
}
