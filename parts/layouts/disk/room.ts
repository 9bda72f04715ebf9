/** How much room partitions get beside their content, by what they are for; whichever file system they have. */
import { MiB } from '../../units.ts';

interface Room {
  /** Bytes that must be free, by those that the content takes. */
  least(contentBytes: number): number;
  /** Bytes that are free where the size is `auto`. */
  roomy(contentBytes: number): number;
  /** With less than that a partition of size `auto` is no use. */
  roomyFloorBytes: number;
  /** It takes what an explicit disk size leaves over. */
  grows: boolean;
}

/** A second kernel stands beside the first while it is being updated; with a small disk it soon finds no room. */
const forKernels: Room = {
  least: () => MiB,
  roomy: (contentBytes) => contentBytes + 8 * MiB,
  roomyFloorBytes: 64 * MiB,
  grows: false,
};

/** What the system writes to by itself. */
const forSystem: Room = {
  // What the first boot writes (machine id, host keys, logs) before anybody can look; also covers what is rounded.
  least: () => 24 * MiB,
  // Package lists, logs, a few packages; more where there is more content.
  roomy: (contentBytes) => Math.max(192 * MiB, contentBytes * 0.25),
  roomyFloorBytes: 0,
  grows: true,
};

const rooms: Readonly<Record<string, Room>> = {
  esp: forKernels,
  boot: forKernels,
  root: forSystem,
  var: forSystem,
  swap: { least: () => MiB, roomy: () => MiB, roomyFloorBytes: 512 * MiB, grows: false },
};

/** Of a partition for anything else, which the image's owner fills. */
const forData: Room = { least: () => MiB, roomy: () => 64 * MiB, roomyFloorBytes: 0, grows: true };

export function roomOf(role: string): Room {
  return Object.hasOwn(rooms, role) ? (rooms[role] ?? forData) : forData;
}
