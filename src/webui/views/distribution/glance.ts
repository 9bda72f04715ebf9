/** A definition in a few words. Pure: it reads whatever stands there, also what is not valid. */
import * as z from 'zod';
import { fileOfFormat, writtenFormats } from '../../../definition/image-formats.ts';

const Names = z.array(z.string()).catch([]);
const Formats = z.unknown().transform((written) => writtenFormats(written).map(fileOfFormat));
const User = z.object({ name: z.string() });
const Glance = z.object({
  kernel: z.object({ source: z.string().optional(), version: z.string().optional() }).catch({}).default({}),
  userland: z
    .object({ suite: z.string().optional(), packages: Names.default([]) })
    .catch({ packages: [] })
    .default({ packages: [] }),
  system: z
    .object({
      users: z.array(User).catch([]).default([]),
      services: z
        .object({ enable: Names.default([]) })
        .catch({ enable: [] })
        .default({ enable: [] }),
    })
    .catch({ users: [], services: { enable: [] } })
    .default({ users: [], services: { enable: [] } }),
  image: z
    .object({ formats: Formats.default([]), size: z.string().optional() })
    .catch({ formats: [] })
    .default({ formats: [] }),
});

/** A part of the definition, and the step of the form that asks for it. */
export interface GlanceRow {
  title: string;
  step: string;
  values: string[];
  /** What it is where nothing is said. */
  without: string;
}

export function glance(definition: Record<string, unknown>): GlanceRow[] {
  const { kernel, userland, system, image } = Glance.parse(definition);
  const said = (...values: (string | undefined)[]) => values.filter((value) => value !== undefined);
  return [
    { title: 'Kernel', step: 'kernel', values: said(kernel.source, kernel.version), without: 'the default' },
    { title: 'Packages', step: 'system', values: userland.packages, without: 'only the base system' },
    { title: 'Users', step: 'system', values: system.users.map(({ name }) => name), without: 'none; root is locked' },
    { title: 'Services', step: 'system', values: system.services.enable, without: 'those of the packages' },
    { title: 'Formats', step: 'image', values: image.formats, without: 'the default' },
  ];
}
