/** Entries of image.partitions as the editor shows them: what each is for, in which order, and how much of the disk it takes. Pure. */
import { percentOf, sizeInMiB } from '../../../../definition/image-size.ts';
import { isRecord } from '../../../../is-record.ts';

export type Entry = Readonly<Record<string, unknown>>;

/** What an entry is for; its key, and the value that the key has then. */
export const purposes = [
  { id: 'mount', label: 'Mounted on a folder', key: 'mount', value: '' },
  { id: 'esp', label: 'EFI system partition', key: 'role', value: 'esp' },
  { id: 'boot', label: 'A partition for /boot', key: 'role', value: 'boot' },
  { id: 'swap', label: 'Swap space', key: 'swap', value: true },
] as const;
export type PurposeId = (typeof purposes)[number]['id'];

export function entriesOf(value: unknown): Entry[] {
  return Array.isArray(value) ? value.map((entry: unknown) => (isRecord(entry) ? entry : {})) : [];
}

/** What a disk that is divided by hand begins with: the one that it had without. */
export const firstEntries: readonly Entry[] = [{ role: 'esp' }, { mount: '/' }];

export function purposeOf(entry: Entry): PurposeId {
  if (entry.swap === true) return 'swap';
  return entry.role === 'esp' || entry.role === 'boot' ? entry.role : 'mount';
}

/** Keys that say what an entry is for, and keys of what is mounted on a folder. */
const ofPurpose = ['mount', 'role', 'swap'];
const keysOf: Readonly<Record<PurposeId, readonly string[]>> = {
  mount: ['mount', 'filesystem', 'size', 'grow', 'label', 'readOnly', 'options'],
  boot: ['filesystem', 'size', 'grow', 'label', 'readOnly', 'options'],
  esp: ['size', 'label', 'options'],
  swap: ['size', 'label', 'options'],
};

/** What is asked for of an entry, in this order. */
export function fieldsOf(entry: Entry): readonly string[] {
  return keysOf[purposeOf(entry)];
}

/** The entry for something else, without what that does not have. */
export function withPurpose(entry: Entry, id: string | null): Entry {
  const purpose = purposes.find((one) => one.id === id);
  if (!purpose) return entry;
  const kept = Object.entries(entry).filter(([key]) => !ofPurpose.includes(key) && keysOf[purpose.id].includes(key));
  return { [purpose.key]: purpose.value, ...Object.fromEntries(kept) };
}

export function titleOf(entry: Entry): string {
  const id = purposeOf(entry);
  if (id !== 'mount') return purposes.find((one) => one.id === id)?.label ?? '';
  return typeof entry.mount === 'string' && entry.mount !== '' ? entry.mount : 'New partition';
}

/** The list with an entry one place up (-1) or down (1); as it is where there is no such place. */
export function moved(entries: readonly Entry[], index: number, by: -1 | 1): Entry[] {
  const [entry, other] = [entries[index], entries[index + by]];
  return entry && other ? entries.with(index, other).with(index + by, entry) : [...entries];
}

/** A piece of the bar that shows the disk. */
export interface Piece {
  label: string;
  /** Of the whole bar, from 0 to 1. */
  share: number;
  /** `2G`, or `auto`. */
  size: string;
  /** The size follows from the content: what is shown of it is a guess. */
  guessed: boolean;
  grows: boolean;
}

/** Shown of a partition whose size follows from its content, in MiB. */
const guessMiB = 256;
/** With less a piece could not be seen. */
const leastShare = 0.03;

/**
 * The disk to scale, as it is laid out: what grows comes last, and takes what is left over. Where a size follows from content, or of
 * the disk, it is a guess.
 */
export function piecesOf(entries: readonly Entry[], imageSize: unknown): Piece[] {
  const diskMiB = miBOf(imageSize, undefined);
  const laid = [...entries.filter(({ grow }) => grow !== true), ...entries.filter(({ grow }) => grow === true)];
  const sizes = laid.map(({ size }) => miBOf(size, diskMiB));
  const known = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const rest = diskMiB === undefined ? 0 : Math.max(0, diskMiB - known);
  const takers = laid.filter((entry, index) => sizes[index] === undefined && takesRest(entry, laid));
  const guessed = laid.map((entry, index) => {
    const size = sizes[index];
    if (size !== undefined) return size;
    return diskMiB !== undefined && takers.includes(entry)
      ? Math.max(guessMiB, rest / takers.length)
      : Math.min(guessMiB, diskMiB ?? guessMiB);
  });
  const shares = guessed.map((size) => Math.max(size / Math.max(1, sum(guessed)), leastShare));
  return laid.map((entry, index) => ({
    label: titleOf(entry),
    share: (shares[index] ?? 0) / sum(shares),
    size: typeof entry.size === 'string' && entry.size !== '' ? entry.size : 'auto',
    guessed: sizes[index] === undefined,
    grows: entry.grow === true,
  }));
}

function takesRest(entry: Entry, all: readonly Entry[]): boolean {
  if (all.some(({ grow }) => grow === true)) return entry.grow === true;
  return purposeOf(entry) === 'mount' && entry.readOnly !== true;
}

/** undefined of `auto`, and of what is no size. */
function miBOf(size: unknown, diskMiB: number | undefined): number | undefined {
  if (typeof size !== 'string') return undefined;
  const text = size.replaceAll(' ', '').replace(/iB$/, '');
  const percent = percentOf(text);
  if (percent !== undefined && Number.isFinite(percent))
    return diskMiB === undefined ? undefined : (diskMiB * percent) / 100;
  return /^[0-9]+[MGT]$/.test(text) ? sizeInMiB(text) : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
