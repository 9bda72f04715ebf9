/**
 * An apt of its own for one suite: own folders, an empty package status, and only the archives it is given. Nothing of
 * what the stage image has installed or set up takes part in what it answers (apt.conf(5), APT_CONFIG).
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Architecture, debianNames } from '../../../src/architecture.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { parseControl, type Stanza } from '../../deb822.ts';
import { readStageNetwork } from '../../network.ts';
import { aptCertificates, aptEnvironment, withoutPasswords } from './apt-network.ts';
import {
  type FoundPackage,
  newestReleaseDate,
  parseDependencies,
  parsePrintUris,
  parseProviders,
  parseVersions,
  updateProblems,
  withInstalledSizes,
} from './apt-output.ts';
import { type Archive, formatSources } from './apt-sources.ts';

/** What apt said and how it ended. */
export interface AptAnswer {
  ok: boolean;
  lines: string[];
}

export interface SuiteOptions {
  suite: string;
  arch: Architecture;
  /** A scratch folder; apt's configuration and lists go below it. */
  folder: string;
  archives: Archive[];
  log: (line: string) => void;
}

/** A suite whose package lists were fetched and verified. */
export class AptSuite {
  private constructor(
    readonly suite: string,
    readonly archives: readonly Archive[],
    /** Seconds since the epoch: the newest date of the suite's Release files. */
    readonly releaseDate: number,
    private readonly folder: string,
    /** Debian's name of it. */
    readonly architecture: string,
    private readonly environment: Record<string, string>,
    /** Of apt-get, for this suite alone. */
    private readonly options: readonly string[] = [],
  ) {}

  /**
   * Fetches the package lists; apt checks the signatures.
   * @throws StageFailure `suite.unknown`, `network.unreachable` or `archive.refused`.
   */
  static async open({ suite, arch, folder, archives, log }: SuiteOptions): Promise<AptSuite> {
    const root = join(folder, `apt-${suite}-${debianNames[arch]}`);
    for (const name of [
      'etc/sources.list.d',
      'etc/preferences.d',
      'etc/apt.conf.d',
      'lists/partial',
      'cache/archives/partial',
      'state',
    ])
      await mkdir(join(root, name), { recursive: true });
    await writeFile(join(root, 'state/status'), '');
    await writeFile(join(root, 'etc/sources.list.d/archives.sources'), formatSources(archives));
    const network = await readStageNetwork(folder);
    const certificates = await aptCertificates(network, root);
    await writeFile(join(root, 'apt.conf'), configuration(root, debianNames[arch], certificates));
    const environment = { APT_CONFIG: join(root, 'apt.conf'), ...aptEnvironment(network) };
    const redact = (line: string) => withoutPasswords(line, network);
    const update = await apt('apt-get', ['update'], environment, log, redact);
    if (!update.ok) throw updateFailure(suite, update.lines);
    const date = await releaseDate(join(root, 'lists'));
    return new AptSuite(suite, archives, date, root, debianNames[arch], environment);
  }

  /**
   * The same suite with a package that counts as installed in every simulation. `stanza`: its paragraph of dpkg's status
   * file (deb-control(5)).
   */
  async withInstalled(stanza: string): Promise<AptSuite> {
    const status = join(this.folder, 'state/status-installed');
    await writeFile(status, stanza);
    // With one cache for both, each run of apt would make it anew for its own status.
    const cache = join(this.folder, 'cache-installed');
    await mkdir(join(cache, 'archives/partial'), { recursive: true });
    const { suite, archives, releaseDate, folder, architecture, environment } = this;
    return new AptSuite(suite, archives, releaseDate, folder, architecture, environment, [
      ...['-o', `Dir::State::Status=${status}`],
      ...['-o', `Dir::Cache=${cache}`],
    ]);
  }

  /** Simulates an installation onto nothing: apt's lines name every package in the order of unpacking. */
  simulateInstall(wanted: readonly string[]): Promise<AptAnswer> {
    return apt('apt-get', [...this.options, '-q', '-y', '--simulate', 'install', ...wanted], this.environment);
  }

  /** The control paragraphs (deb-control(5)) of packages at their newest version. */
  async describe(names: readonly string[]): Promise<Stanza[]> {
    if (names.length === 0) return [];
    const { lines } = await apt('apt-cache', ['show', '--no-all-versions', ...names], this.environment);
    return parseControl(lines.join('\n'));
  }

  /** Where each package of such an installation is, with its size and sha256. */
  async locateInstall(wanted: readonly string[]): Promise<FoundPackage[]> {
    return this.locate(['-y', 'install', ...wanted]);
  }

  /** Where the newest version of one package is; undefined when the suite does not have it. */
  async locatePackage(name: string): Promise<FoundPackage | undefined> {
    if (!(await this.packageNames(name)).includes(name)) return undefined;
    return (await this.locateFiles([name]))[0];
  }

  /** Where the named packages are, each alone: `name`, or `name=version`. */
  async locateFiles(wanted: readonly string[]): Promise<FoundPackage[]> {
    return this.locate(['download', ...wanted]);
  }

  /** What the newest version of a package depends on. */
  async dependencies(name: string): Promise<string[]> {
    return parseDependencies((await apt('apt-cache', ['depends', '--important', name], this.environment)).lines);
  }

  /** Names of all packages, or of those that begin with `prefix`. */
  async packageNames(prefix = ''): Promise<string[]> {
    return (await apt('apt-cache', ['pkgnames', prefix], this.environment)).lines;
  }

  /** Every package at its newest version, as `apt-cache dumpavail` lists it: line by line, for there are millions. */
  async list(onLine: (line: string) => void): Promise<void> {
    await runTool('apt-cache', ['dumpavail'], { env: this.environment, onLine });
  }

  /** Which packages provide each of these names. */
  async providers(names: readonly string[]): Promise<Map<string, string[]>> {
    if (names.length === 0) return new Map();
    return parseProviders((await apt('apt-cache', ['showpkg', ...names], this.environment)).lines);
  }

  /** Every version of each of these packages, with the suite that has it, newest first. */
  async versions(names: readonly string[]): Promise<Map<string, { version: string; suite: string }[]>> {
    if (names.length === 0) return new Map();
    return parseVersions((await apt('apt-cache', ['madison', ...names], this.environment)).lines);
  }

  private async locate(args: string[]): Promise<FoundPackage[]> {
    const answer = await apt('apt-get', [...this.options, '-qq', '--print-uris', ...args], this.environment);
    if (!answer.ok) throw new Error(['apt-get could not say where the packages are', ...answer.lines].join('\n'));
    const found = parsePrintUris(answer.lines);
    if (found.length === 0) return found;
    const exactly = found.map(({ name, version }) => `${name}=${version}`);
    const { lines } = await apt('apt-cache', ['show', ...exactly], this.environment);
    return withInstalledSizes(found, parseControl(lines.join('\n')));
  }
}

/** What the resolvers need of a suite. */
export type Suite = Pick<
  AptSuite,
  | 'suite'
  | 'archives'
  | 'architecture'
  | 'describe'
  | 'releaseDate'
  | 'simulateInstall'
  | 'locateInstall'
  | 'locateFiles'
  | 'locatePackage'
  | 'dependencies'
  | 'packageNames'
  | 'providers'
  | 'versions'
> & {
  /** See AptSuite. */
  withInstalled(stanza: string): Promise<Suite>;
};

async function apt(
  tool: 'apt-get' | 'apt-cache',
  args: readonly string[],
  env: Record<string, string>,
  log?: (line: string) => void,
  redact = (line: string) => line,
): Promise<AptAnswer> {
  const lines: string[] = [];
  const onLine = (said: string) => {
    const line = redact(said);
    lines.push(line);
    log?.(line);
  };
  const exitCode = await runTool(tool, args, { env, onLine, okCodes: [0, 100] });
  return { ok: exitCode === 0, lines };
}

function configuration(root: string, architecture: string, more: readonly [string, string][]): string {
  const values: [string, string][] = [
    ['Dir', root],
    ['Dir::Etc', join(root, 'etc')],
    ['Dir::Etc::Trusted', '/dev/null'],
    ['Dir::Etc::TrustedParts', '/dev/null'],
    ['Dir::State', join(root, 'state')],
    ['Dir::State::Lists', join(root, 'lists')],
    ['Dir::State::Status', join(root, 'state/status')],
    ['Dir::Cache', join(root, 'cache')],
    ['APT::Architecture', architecture],
    ['APT::Architectures', architecture],
    ['APT::Install-Recommends', 'false'],
    ['APT::Install-Suggests', 'false'],
    ['APT::Sandbox::User', 'root'],
    // A list that could not be fetched is an error, not a warning about an older one.
    ['APT::Update::Error-Mode', 'any'],
    ['Acquire::Languages', 'none'],
    // Without this the hash column of --print-uris is empty.
    ['Acquire::ForceHash', 'SHA256'],
    ['Acquire::Retries', '3'],
    ['Acquire::http::Timeout', '30'],
    ['Acquire::https::Timeout', '30'],
    ...more,
  ];
  return values.map(([key, value]) => `${key} ${JSON.stringify(value)};\n`).join('');
}

async function releaseDate(lists: string): Promise<number> {
  const names = (await readdir(lists)).filter((name) => /_(InRelease|Release)$/.test(name));
  return newestReleaseDate(await Promise.all(names.map((name) => readFile(join(lists, name), 'utf8'))));
}

function updateFailure(suite: string, lines: readonly string[]): StageFailure {
  const { missing, unreachable, refused } = updateProblems(lines);
  const [backports] = missing.filter((name) => name.endsWith('-backports'));
  if (backports !== undefined && !missing.includes(suite))
    return new StageFailure({
      code: 'suite.unknown',
      message: `The archive has no suite ${JSON.stringify(backports)}.`,
      hint: `Ask for the packages without /${backports}, or set a mirror that carries it.`,
    });
  if (missing.includes(suite))
    return new StageFailure({
      code: 'suite.unknown',
      message: `The archive has no suite ${JSON.stringify(suite)}.`,
      hint: 'Choose a release the archive carries, such as trixie or bookworm.',
    });
  if (unreachable.length > 0)
    return new StageFailure({
      code: 'network.unreachable',
      message: `The package lists of ${suite} could not be fetched: ${unreachable.join(' ')}`,
      hint: 'Check the network, DNS and proxy of the Docker host. With a complete lock and filled source store a build needs no network.',
      retry: 'same',
    });
  return new StageFailure({
    code: 'archive.refused',
    message: `apt refuses the archive of ${suite}: ${refused.join(' ')}`,
    hint: 'Check the clock of the Docker host and that the mirror is in sync; a suite may also have lost its updates or security archive.',
    retry: 'same',
  });
}
