/** The signed statement: as DSSE, in-toto and SLSA have it. */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readEnvelope, signedEnvelope } from '../../../src/signatures/dsse.ts';
import { provenanceOf, Statement, statementMediaType } from '../../../src/signatures/provenance.ts';
import { rawPublicKey, type Signer } from '../../../src/signatures/signer.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const signer: Signer = { publicKey: rawPublicKey(publicKey), sign: (message) => sign(null, message, privateKey) };

describe('an envelope', () => {
  const text = JSON.stringify(signedEnvelope(signer, 'http://example.com/HelloWorld', 'hello wörld'));

  it('signs the lengths, the type and the payload, as the protocol of DSSE has it', () => {
    const { payload, payloadType, signatures } = JSON.parse(text);
    expect(payloadType).toBe('http://example.com/HelloWorld');
    expect(Buffer.from(payload, 'base64').toString()).toBe('hello wörld');
    const message = Buffer.from('DSSEv1 29 http://example.com/HelloWorld 12 hello wörld');
    expect(signatures).toHaveLength(1);
    expect(verify(null, message, publicKey, Buffer.from(signatures[0].sig, 'base64'))).toBe(true);
  });

  it('is opened with the key alone that it was signed with', () => {
    const other = rawPublicKey(generateKeyPairSync('ed25519').publicKey);
    const opened = readEnvelope(text);
    expect(opened.payload.toString()).toBe('hello wörld');
    expect(opened.isSignedBy(signer.publicKey)).toBe(true);
    expect(opened.isSignedBy(other)).toBe(false);
    const changed = { ...JSON.parse(text), payload: Buffer.from('hello world!').toString('base64') };
    expect(readEnvelope(JSON.stringify(changed)).isSignedBy(signer.publicKey)).toBe(false);
    const retyped = { ...JSON.parse(text), payloadType: statementMediaType };
    expect(readEnvelope(JSON.stringify(retyped)).isSignedBy(signer.publicKey)).toBe(false);
  });

  it.each(['', '{}', '{"payloadType":"a","payload":"*","signatures":[{"sig":"YQ=="}]}', text.slice(0, 60)])(
    'is not %j',
    (damaged) => expect(() => readEnvelope(damaged)).toThrow(),
  );
});

it('a statement names artifacts, what was asked for, what it came from, who built it and when', () => {
  const at = new Date('2026-03-01T12:00:00Z');
  const statement = JSON.parse(
    provenanceOf({
      artifacts: [{ name: 'a.raw', sha256: 'a'.repeat(64), sizeBytes: 7 }],
      external: { definition: { name: 'a' } },
      internal: { stages: [] },
      materials: [{ name: 'x.deb', uri: 'https://example.com/x.deb', sha256: 'b'.repeat(64) }],
      ...{ installation: 'abc', version: '0.1.0', build: 'b1', startedAt: at, endedAt: at },
    }),
  );
  expect(statement).toEqual({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'a.raw', digest: { sha256: 'a'.repeat(64) }, annotations: { sizeBytes: 7 } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:ldf:build:1',
        externalParameters: { definition: { name: 'a' } },
        internalParameters: { stages: [] },
        resolvedDependencies: [{ name: 'x.deb', uri: 'https://example.com/x.deb', digest: { sha256: 'b'.repeat(64) } }],
      },
      runDetails: {
        builder: { id: 'urn:ldf:installation:abc', version: { ldf: '0.1.0' } },
        metadata: {
          invocationId: 'b1',
          startedOn: '2026-03-01T12:00:00.000Z',
          finishedOn: '2026-03-01T12:00:00.000Z',
        },
      },
    },
  });
  expect(Statement.parse(statement).subject).toEqual(statement.subject);
});
