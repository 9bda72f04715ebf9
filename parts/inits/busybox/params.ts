import * as z from 'zod';

export const BusyboxInitParams = z.strictObject({});

export const busyboxInitTraits = { userlands: ['busybox'], serviceFolder: '/etc/init.d' } as const;
