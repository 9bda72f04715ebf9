import * as z from 'zod';

export const SwapParams = z.strictObject({});

export const swapTraits = { readByUefi: false, writable: true, grows: false, keepsOwners: false } as const;
