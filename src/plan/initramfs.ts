/** What planning knows of the parts that make what runs before the root file system is mounted. Pure. */
import { type InitramfsTraits, initramfsTraits } from '../../parts/initramfs/params.ts';
import { ownValue } from '../own-value.ts';

/** undefined for one that there is not, which is a problem already. @param use the name of the part */
export function traitsOfInitramfs(use: string): InitramfsTraits | undefined {
  return ownValue<InitramfsTraits>(initramfsTraits, use);
}
