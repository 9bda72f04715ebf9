/**
 * Identifiers that have to look random but must be the same in every run: they follow from the stage's content key, what
 * they are for (`role`) and whose they are (`label`). One changed input gives a new key and so new identifiers.
 */
import { createHmac } from 'node:crypto';

/** 32 bytes of HMAC-SHA256 over role and label; the key (64 hexadecimal digits) is the secret's place, not its nature. */
function derive(key: string, role: string, label: string): Buffer {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(`${role}\0${label}`).digest();
}

/** A UUID of version 8 (RFC 9562 §5.8: vendor-specific bits), in lower case. */
export function deriveUuid(key: string, role: string, label = ''): string {
  const bytes = derive(key, role, label);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuidText(bytes.toString('hex', 0, 16));
}

/** 32 hexadecimal digits as a UUID is written. */
export function uuidText(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The 32-bit volume id of a FAT file system, as the eight hexadecimal digits mkfs.fat(8) takes. */
export function deriveFatVolumeId(key: string, label: string): string {
  return derive(key, 'fat-volume', label).toString('hex', 0, 4);
}
