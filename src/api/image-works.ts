/** Work on stage images that goes on, whoever asked for it: how far each image is, so that others can follow it. */
import type { ImageProgressLine, ImageWorkStatus } from '../model/stage-image.ts';

type ImageStatus = ImageWorkStatus['images'][number];

/** One work: told of its progress, and of its end however that comes. */
export interface OpenWork {
  progress(line: ImageProgressLine): void;
  end(): void;
}

export class ImageWorks {
  readonly #going = new Set<{ startedAt: Date; images: Map<ImageStatus['image'], ImageStatus> }>();
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  begin(): OpenWork {
    const work = { startedAt: this.#now(), images: new Map<ImageStatus['image'], ImageStatus>() };
    this.#going.add(work);
    return {
      progress: ({ image, kind, step, steps, text }) => {
        const at = this.#now().toISOString();
        const before = work.images.get(image) ?? { image, step: 0, steps: 0, text: '', startedAt: at, endedAt: null };
        // What a step writes is for whoever asked for the work.
        const told = kind === 'log' ? {} : kind === 'done' ? { endedAt: at } : { step, steps, text };
        work.images.set(image, { ...before, ...told });
      },
      end: () => void this.#going.delete(work),
    };
  }

  /** In the order in which they began. */
  list(): ImageWorkStatus[] {
    return [...this.#going].map(({ startedAt, images }) => ({
      startedAt: startedAt.toISOString(),
      images: [...images.values()],
    }));
  }
}
