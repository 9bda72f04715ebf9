/** What a stage container may and may not do, as the Docker Engine takes it. */
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import { timeLimitVariable } from '../../stages/contract.ts';
import type { ContainerSpec, VolumeMount } from '../runtime.ts';
import { labels } from '../runtime.ts';
import { ownerLabels } from './ownership.ts';

/** Large enough for what compilers leave in /tmp; it counts against the container's memory limit. */
const tmpfsOptions = 'rw,nosuid,nodev,noexec,mode=1777,size=1g';

/**
 * A character takes six bytes of the log file at the most (`\u001b`), and a line some ninety besides: less than six times
 * what `logCost` counts for it. Half of that, and a little for lines that Docker takes apart, goes into each of two files.
 */
const logFileFactor = 3.25;

/**
 * The log is read by us alone and must be whole: every option of the daemon's configuration that would rotate it too soon
 * or drop lines is overridden (https://docs.docker.com/engine/logging/drivers/json-file/). It begins a second file when
 * the first is full, and takes the first away only when the second is full, too: no line is lost before the stage has
 * written more than it may, for which the engine ends it. The bound is for when there is no engine any more.
 */
export function wholeLog(logBytes: number) {
  const maxSize = String(Math.ceil(logFileFactor * logBytes));
  return {
    Type: 'json-file',
    Config: { mode: 'blocking', 'max-size': maxSize, 'max-file': '2', compress: 'false' },
  };
}

/** The engine ends a stage when its time is over; the stage itself ends so much later, should there be no engine any more. */
const outliveMs = 60_000;

/** The network of stages that may have one: Docker's own, which gives them the way out and nothing else. */
export const stageNetwork = 'bridge';

export interface HostTraits {
  /** CPUs of the Docker host: it refuses a limit above them. */
  cpus: number;
  /** Give the container /dev/kvm. */
  kvm: boolean;
}

/** What to create for one run of a stage. */
export function stageContainer(spec: ContainerSpec, installation: string, host: HostTraits): ContainerCreateOptions {
  const { limits } = spec;
  return {
    name: spec.name,
    Image: spec.image,
    Hostname: spec.hostname,
    Labels: { [labels.installation]: installation, ...ownerLabels(spec.owner) },
    Env: [`${timeLimitVariable}=${Math.ceil((limits.timeoutMs + outliveMs) / 1_000)}`],
    ...(spec.command ? { Cmd: [...spec.command] } : {}),
    HostConfig: {
      ...confined(spec.mounts),
      CapAdd: [...spec.capabilities],
      NetworkMode: spec.network ? stageNetwork : 'none',
      Devices: host.kvm ? [{ PathOnHost: '/dev/kvm', PathInContainer: '/dev/kvm', CgroupPermissions: 'rw' }] : [],
      LogConfig: wholeLog(limits.logBytes),
      PidsLimit: limits.pids,
      Memory: limits.memoryBytes,
      // Memory and swap together: no swap at all.
      MemorySwap: limits.memoryBytes,
      NanoCpus: Math.round(Math.min(limits.cpus, host.cpus) * 1e9),
    },
  };
}

/** The same for one that is talked with; its stdin ends with the connection that brings it. */
export function attachedTo(options: ContainerCreateOptions): ContainerCreateOptions {
  return {
    ...options,
    ...{ AttachStdin: true, OpenStdin: true, StdinOnce: true },
    HostConfig: { ...options.HostConfig, LogConfig: { Type: 'none', Config: {} } },
  };
}

/** The same for one that is given something to read, once; what it says is in its log as ever. */
export function givenStdin(options: ContainerCreateOptions): ContainerCreateOptions {
  return { ...options, ...{ AttachStdin: true, OpenStdin: true, StdinOnce: true } };
}

/** What every container of ours has: no capability, no new privilege, no writable root, and named volumes only. */
export function confined(mounts: readonly VolumeMount[]): HostConfig {
  return {
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    Privileged: false,
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': tmpfsOptions },
    NetworkMode: 'none',
    RestartPolicy: { Name: 'no' },
    // Its exit code and log are read after its end; `remove` is the one way it goes.
    AutoRemove: false,
    Mounts: mounts.map(({ volume, target, readOnly }) => ({
      Type: 'volume',
      Source: volume,
      Target: target,
      ReadOnly: readOnly,
      // A layer must hold what its stage wrote and nothing that the image happens to have at that path.
      VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } },
    })),
  };
}
