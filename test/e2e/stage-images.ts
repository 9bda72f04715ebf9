/** Builds the stage images before the files that run side by side would each build them. */
import { ldf } from './lab.ts';

export default async function setup(): Promise<void> {
  await ldf(['images', 'build']);
}
