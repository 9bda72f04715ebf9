/**
 * The base of an image's packages: what components ask for, with all that it needs, as if the definition asked for no package of
 * its own. It is installed apart from the others, so it has to be complete without them, and to be among them as it is.
 */
import type { Suite } from './apt.ts';
import { type InstalledPackage, parseInstalls } from './apt-output.ts';

/** Its postinst generates the locales of the definition, which the base is not told. */
const neverInBase = ['locales', 'locales-all'];

/**
 * The names of the base's packages, in an order in which dpkg can unpack and configure them; empty where none can be set apart.
 * @param wanted what components ask for, and what the definition leaves out
 * @param image all packages of the image
 */
export async function resolveBase(
  suite: Pick<Suite, 'simulateInstall'>,
  wanted: readonly string[],
  image: readonly InstalledPackage[],
): Promise<string[]> {
  const versions = new Map(image.map(({ name, version }) => [name, version]));
  const isOther = ({ name, version }: InstalledPackage) => versions.get(name) !== version;
  const asInTheImage = ({ name }: InstalledPackage) =>
    versions.has(name) ? `${name}=${versions.get(name)}` : `${name}-`;
  const simulated = async (names: readonly string[]) => {
    const answer = await suite.simulateInstall(names);
    return answer.ok ? parseInstalls(answer.lines) : [];
  };
  let found = await simulated(wanted);
  const others = found.filter(isOther);
  // What the definition asks for may bring another version of a package, or another choice where there is one.
  if (others.length > 0) found = await simulated([...wanted, ...others.map(asInTheImage)]);
  const apart = !found.some(isOther) && !found.some(({ name }) => neverInBase.includes(name));
  return apart ? found.map(({ name }) => name) : [];
}
