import * as z from 'zod';

const word = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[^\0\n\r]+$/, 'must be one line');

export const OciParams = z.strictObject({
  /** What a container of the image runs: by default the init. */
  entrypoint: z.array(word).min(1).max(100).default(['/sbin/init']),
  /** What asks it to end; by default what systemd takes for a shutdown (systemd(1), "Signals"). */
  stopSignal: z
    .string()
    .regex(/^SIG(RTMIN\+[0-9]{1,2}|[A-Z0-9]{2,8})$/, 'must be a signal such as SIGTERM or SIGRTMIN+3')
    .default('SIGRTMIN+3'),
  /** What the layer is compressed with; zstd is read by Docker 23, containerd 1.5, Podman 4 and later. */
  layer: z.enum(['gzip', 'zstd', 'none']).default('gzip'),
});
export type OciParams = z.infer<typeof OciParams>;
