import * as z from 'zod';
import { rootPartitionTypes, verityPartitionTypes } from '../../../src/architecture.ts';

export const DiskParams = z.strictObject({});

/**
 * The type of a partition in the GPT where its component says only what it is for: that of the Discoverable Partitions
 * Specification (https://uapi-group.org/specifications/specs/discoverable_partitions_specification/). Systems mount `home` and
 * `srv` by it; what may not be found by its type is Linux data.
 */
export const diskPartitionTypes = {
  byRole: {
    esp: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
    boot: 'bc13c2ff-59e6-4262-a352-b275fd6f7172',
    root: rootPartitionTypes,
    'root-verity': verityPartitionTypes,
    home: '933ac7e1-2eb4-4f13-b844-0e14e2aef915',
    srv: '3b8f8425-20e0-4f3b-907f-1a25a76f98e8',
    var: '4d21b016-b534-45c2-a9fb-5c16e091fd2d',
    tmp: '7ec6f557-3bc5-4aca-b293-16ef5df639d1',
    swap: '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f',
  },
  other: '0fc63daf-8483-4772-8e79-3d69d8477de4',
} as const;
