/** Where boot loaders want what they bring; a layout puts it there, or says why it cannot. */

/** What stands in the EFI system partition, below /boot, or anywhere in the root file system: its text, or a copy of a file. */
export type FilePlacement = { at: 'esp' | 'boot' | 'root'; path: string } & ({ content: string } | { file: string });

/**
 * What stands outside every file system: code of the first sector (`mbr`, its first 440 bytes), of a BIOS boot partition, of a CD's
 * boot catalog.
 */
export interface CodePlacement {
  at: 'mbr' | 'bios-boot' | 'el-torito';
  file: string;
}

export type Placement = FilePlacement | CodePlacement;
