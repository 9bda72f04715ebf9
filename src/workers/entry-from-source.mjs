/** Begins a worker from the sources, as tests and tsx do: Node by itself reads no TypeScript. */
import { register } from 'tsx/esm/api';

register();
await import('./entry.ts');
