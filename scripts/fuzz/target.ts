/**
 * The server that is fuzzed, in a process of its own so that its memory and descriptors can be counted: the real API,
 * engine, store and journals on the fake runtime. It tells its address, and collects its garbage when it is asked to.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { defaultScripts, type FakeStage, fakeImage } from '../../src/runtime/fake/fake-stage.ts';
import { PackageParams } from '../../src/stages/package/contract.ts';
import { startStandIn } from '../../test/fixtures/webui/stand-in-server.ts';
import { standInToken } from '../../test/fixtures/webui/stand-in-token.ts';
import { bigArtifactBytes, bigName } from './big-artifact.ts';

const folder = await mkdtemp(join(tmpdir(), 'ldf-fuzz-'));
// An answer of 500 names the line of the log that says more.
const server = await startStandIn({ folder, log: pino({ level: 'error' }, pino.destination(2)) });
server.runtime.script('package', async (stage) =>
  PackageParams.parse(stage.request.params).name === bigName ? packageBig(stage) : defaultScripts.package(stage),
);
process.on('message', (message) => {
  if (message !== 'collect') return;
  globalThis.gc?.();
  process.send?.('collected');
});
process.once('disconnect', () => void stop());
process.send?.({ url: server.url, token: standInToken });

async function packageBig(stage: FakeStage) {
  const artifacts = [{ path: 'big.raw', ...fakeImage, format: 'raw' }];
  const files = { 'big.raw': 'x'.repeat(bigArtifactBytes) };
  return stage.succeed<'package'>({ artifacts, initramfs: false, diskBytes: bigArtifactBytes }, files);
}

async function stop(): Promise<void> {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}
