/** What a button does, written for a shell. */
import { describe, expect, it } from 'vitest';
import { asCommand, asCurl, recordRequest } from '../../../src/webui/parts/commands.ts';
import { buildCommand } from '../../../src/webui/views/distribution-build/build-options.ts';

const origin = 'http://127.0.0.1:8080';
const options = { boot: false, noCache: true, priority: 0, formats: ['raw'] };

describe('a button as a command', () => {
  it('says with curl what the button would send, and sends nothing', async () => {
    const recorded = await recordRequest(origin, (client) => client.distributions.build('01A', options));
    expect(recorded && asCurl(recorded, true)).toBe(
      `curl -X POST -H "Authorization: Bearer $(ldf token)" -H 'content-type: application/json' --data-binary '${JSON.stringify(options)}' ${origin}/v1/distributions/01A/build`,
    );
    const read = await recordRequest(origin, (client) => client.builds.logPage("it's"));
    expect(read && asCurl(read, false)).toBe(`curl '${origin}/v1/builds/it'\\''s/logs'`);
  });

  it('names the server where ldf would not find it by itself', () => {
    const words = buildCommand({ name: 'gw', arch: 'x86_64' }, { ...options, arch: 'aarch64', priority: -2 });
    expect(asCommand(words, new URL(origin))).toBe(
      'ldf build gw --arch aarch64 --format raw --no-boot --no-cache --priority -2',
    );
    expect(asCommand(['cancel', '01A'], new URL('https://ldf.example'))).toBe(
      'ldf cancel 01A --server https://ldf.example',
    );
  });
});
