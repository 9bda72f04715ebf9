/** A moment: RFC 3339 in UTC. */
import * as z from 'zod';

export const Time = z.iso.datetime();
