/** Functions of the shell that find a partition by its GUID: for the initramfs, and for systems without udev. */
import { partFile } from '../../part-file.ts';

export const partitionFunctions = partFile('root-fs/partitions/functions');
