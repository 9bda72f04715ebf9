import * as z from 'zod';

export const RaspberryPiMachineParams = z.strictObject({
  model: z.enum(['3', '4', '5']),
});
