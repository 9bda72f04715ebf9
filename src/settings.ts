/**
 * The environment variables of LDF, each described once: `ldf serve --help-env` prints this table, src/config.ts reads by it.
 */
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import type { StageName } from './stages/names.ts';
import { isSnapshotAddress } from './stages/network.ts';
import { stageNamed, stageNames } from './stages/registry.ts';

/** One variable: what it is for, its default as one would write it, and how its text becomes a value. */
export interface Setting<Value = unknown> {
  name: string;
  description: string;
  /** Empty: not set. */
  default: string;
  schema: z.ZodType<Value, string>;
}

export const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);

const text = z.string();
const optionalText = z.string().transform((value) => value || undefined);

function count(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^[0-9]{1,9}$/, message)
    .transform(Number)
    .pipe(z.int().min(min, message).max(max, message));
}

const milliseconds: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const Duration = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[smh]$/, 'must be a duration such as 90s, 15m or 6h')
  .transform((value) => Number(value.slice(0, -1)) * (milliseconds[value.slice(-1)] ?? 0));

const bytes: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
export const Size = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[MGT](iB)?$/, 'must be a size such as 512M, 4G or 1T (also 512MiB, 4GiB, 1TiB)')
  .transform((value) => Number.parseInt(value, 10) * (bytes[value.replace(/^[0-9]+|iB$/g, '')] ?? 0));

const Cpus = z
  .string()
  .regex(/^[0-9]{1,4}(\.[0-9]{1,2})?$/, 'must be a number of CPUs such as 2 or 0.5, or 0 for all')
  .transform(Number);

const HostList = z
  .string()
  .regex(/^(\*|[A-Za-z0-9.:[\]_-]*(,[A-Za-z0-9.:[\]_-]+)*)$/, 'must be host names, separated by commas, or * for any')
  .transform((value) => (value ? value.toLowerCase().split(',') : []));

/** Words separated by commas or spaces. */
function list(pattern: RegExp, message: string, max: number) {
  return z
    .string()
    .transform((value) => value.split(/[\s,]+/).filter((word) => word !== ''))
    .pipe(z.array(z.string().max(2048).regex(pattern, message)).max(max, `must be a list of at most ${max}`));
}

const mirrorsMessage = 'must be addresses such as https://mirror.example.org/debian, separated by commas';
const proxyMessage =
  'must be an address such as http://proxy.example.org:3128; other kinds of proxies are not supported';

/** Without a scheme it is http, as curl(1) has it. */
const ProxyAddress = z
  .string()
  .transform((value) => (value === '' || value.includes('://') ? value : `http://${value}`))
  .refine((value) => value === '' || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)), proxyMessage)
  .transform((value) => value || undefined);

const proxyOf = (scheme: string) =>
  `Proxy for ${scheme}:// addresses in resolve, downloads and queries; also read in upper case. It is kept out of layers and records.`;

function setting<Value>(
  name: string,
  description: string,
  fallback: string,
  schema: z.ZodType<Value, string>,
): Setting<Value> {
  return { name, description, default: fallback, schema };
}

export const named = {
  host: setting('LDF_HOST', 'Address to listen on.', '127.0.0.1', text.min(1, 'must be an address')),
  port: setting('LDF_PORT', 'Port to listen on; 0 takes a free one.', '8080', count(0, 65_535)),
  allowedHosts: setting(
    'LDF_ALLOWED_HOSTS',
    'Host names, separated by commas, under which the API answers besides localhost and LDF_HOST; * for any name.',
    '',
    HostList,
  ),
  auth: setting(
    'LDF_AUTH',
    'Who may use the API: token, or none for everybody who can connect, on a loopback address only.',
    'token',
    z.enum(['token', 'none'], 'must be token or none'),
  ),
  token: setting(
    'LDF_TOKEN',
    'The token, at least 32 characters; commands send it to LDF_SERVER. Default: made at the first start and kept in the data folder.',
    '',
    text
      .regex(/^([\x21-\x7e]{32,200})?$/, 'must be 32 to 200 printable characters without spaces')
      .transform((value) => value || undefined),
  ),
  dataDir: setting(
    'LDF_DATA_DIR',
    'Folder for the database, artifacts and journals.',
    '',
    text.refine((value) => value === '' || isAbsolute(value), 'must be an absolute path'),
  ),
  keysDir: setting(
    'LDF_KEYS_DIR',
    'Folder of the key sets that images are signed with. Default: keys in the data folder.',
    '',
    text.refine((value) => value === '' || isAbsolute(value), 'must be an absolute path'),
  ),
  databaseUrl: setting(
    'LDF_DATABASE_URL',
    'SQLite database, as file:/path. Default: ldf.db in the data folder.',
    '',
    text.regex(/^(file:.+)?$/, 'must start with file:'),
  ),
  dockerHost: setting(
    'LDF_DOCKER_HOST',
    'Docker Engine, as unix:///path or tcp://host:port. Default: DOCKER_HOST, else the local socket.',
    '',
    optionalText.refine((value) => value === undefined || /^(unix|tcp|http|https|ssh):\/\/.+/.test(value), {
      message: 'must be an address such as unix:///var/run/docker.sock',
    }),
  ),
  baseImage: setting(
    'LDF_BASE_IMAGE',
    "Base of the stage images, pulled by this reference. Default: bootstrapped from Debian's packages.",
    '',
    optionalText,
  ),
  logLevel: setting('LDF_LOG_LEVEL', `Minimum log level: ${LogLevel.options.join(', ')}.`, 'info', LogLevel),
  buildConcurrency: setting('LDF_BUILD_CONCURRENCY', 'Builds that may run at once.', '2', count(1, 64)),
  stageConcurrency: setting('LDF_STAGE_CONCURRENCY', 'Heavy stages that may run at once.', '2', count(1, 64)),
  diskBudget: setting(
    'LDF_DISK_BUDGET',
    'Maximum size of layers, sources, caches and artifacts together, such as 40G. Default: no limit but the reserve.',
    '',
    Size.or(z.literal('')).transform((value) => value || undefined),
  ),
  diskReserve: setting(
    'LDF_DISK_RESERVE',
    'Free space to keep on the disks of the data folder and of Docker.',
    '2G',
    Size,
  ),
  cacheLimit: setting(
    'LDF_CACHE_LIMIT',
    'Maximum size of kept kernel build folders; the least recently used are removed first.',
    '5G',
    Size,
  ),
  httpProxy: setting('http_proxy', proxyOf('http'), '', ProxyAddress),
  httpsProxy: setting('https_proxy', proxyOf('https'), '', ProxyAddress),
  noProxy: setting(
    'no_proxy',
    'Hosts that are reached without a proxy: names (with all below them), host:port, addresses, or *; also read in upper case.',
    '',
    list(/^[!-~]{1,255}$/, 'must be host names or addresses, separated by commas', 100),
  ),
  caFile: setting(
    'LDF_CA_FILE',
    'File with certificates (PEM) that resolve, downloads and queries trust in addition to the usual ones: those of a company that inspects TLS.',
    '',
    text.refine((value) => value === '' || isAbsolute(value), 'must be an absolute path'),
  ),
  allowedNetworks: setting(
    'LDF_ALLOWED_NETWORKS',
    "Host names, addresses and networks such as 10.1.0.0/16, separated by commas, that downloads may reach although they are not public. The mirrors of the stage images' apt always may be.",
    '',
    list(
      /^[A-Za-z0-9.:_-]{1,255}(\/[0-9]{1,3})?$/,
      'must be host names, addresses or networks such as 10.1.0.0/16',
      100,
    ),
  ),
  debianMirrors: setting(
    'LDF_DEBIAN_MIRRORS',
    'Further mirrors of the archives that packages come from, such as https://mirror.example.org/debian, separated by commas: used for locked files that have disappeared from where they were found.',
    '',
    list(/^https?:\/\/[^\s/]+(\/\S*)?$/, mirrorsMessage, 16).transform((mirrors) =>
      mirrors.map((mirror) => mirror.replace(/\/+$/, '')),
    ),
  ),
  snapshotUrl: setting(
    'LDF_SNAPSHOT_URL',
    'Archive of snapshots that is tried last for locked files, such as https://snapshot.example.org/archive/{archive}/{timestamp}/{path} or https://files.example.org/{sha256}; {filename} may stand there, too.',
    '',
    optionalText.refine(
      (value) => value === undefined || isSnapshotAddress(value),
      'must be an address with {sha256}, {filename}, {archive}, {path} or {timestamp} in it',
    ),
  ),
  queueLength: setting(
    'LDF_QUEUE_LENGTH',
    'Builds that may wait before new ones are refused.',
    '1000',
    count(1, 100_000),
  ),
} as const;

/** Read by the command line, not by the server. */
const commandSettings = [
  setting(
    'LDF_SERVER',
    'Server that commands talk to. Default: the one that runs on the data folder, else one just for the command.',
    '',
    text,
  ),
  setting('LDF_DEBUG', 'Anything: commands print the stack of an error.', '', text),
];

/** Read by docker-compose.yml; known here so that a shell that sets them can run the server too. */
export const composeVariables = ['LDF_API_BASE', 'LDF_DOCKER_GID', 'LDF_EXTRA_CA'];

/** The limits of one run of a stage. */
export function stageSettings(stage: StageName) {
  const name = (limit: string) => `LDF_STAGE_${limit}_${stage.toUpperCase()}`;
  const { timeout, silence, memory, pids, cpus, log, output } = stageNamed(stage).limits;
  return {
    timeout: setting(name('TIMEOUT'), `Maximum time for a run of ${stage}.`, timeout, Duration),
    silence: setting(name('SILENCE'), `Maximum time without log output from ${stage}.`, silence, Duration),
    memory: setting(name('MEMORY'), `Memory for a run of ${stage}.`, memory, Size),
    pids: setting(name('PIDS'), `Processes and threads of ${stage}.`, pids, count(16, 4_000_000)),
    cpus: setting(name('CPUS'), `CPUs for ${stage}, such as 2 or 0.5; 0 for all.`, cpus, Cpus),
    log: setting(name('LOG'), `Log that a run of ${stage} may write.`, log, Size),
    output: setting(name('OUTPUT'), `Maximum output size of a run of ${stage}.`, output, Size),
  };
}

/** What the server reads, with the stage that a variable is about. */
export const serverSettings: readonly { setting: Setting; stage: StageName | null }[] = [
  ...Object.values(named).map((setting) => ({ setting, stage: null })),
  ...stageNames.flatMap((stage) => Object.values(stageSettings(stage)).map((setting) => ({ setting, stage }))),
];

/** Every variable, in the order of the help text. */
export const settings: readonly Setting[] = [...serverSettings.map(({ setting }) => setting), ...commandSettings];
