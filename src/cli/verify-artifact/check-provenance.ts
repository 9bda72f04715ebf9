/** Whether the provenance beside a file is about it, and by whom it is signed. */
import { basename } from 'node:path';
import { formatCount } from '../../amounts.ts';
import { type OpenedEnvelope, readEnvelope } from '../../signatures/dsse.ts';
import type { PublicKey } from '../../signatures/minisign.ts';
import { provenanceExtension } from '../../signatures/names.ts';
import { Statement, type Subject, statementMediaType } from '../../signatures/provenance.ts';
import { keyIdText } from '../../signatures/signer.ts';
import { type Content, type Finding, textOf } from './finding.ts';

/** A definition may have 16 MiB, and Base64 makes a third more of it. */
const mostEnvelopeBytes = 64 << 20;
/** Builds whose files lie in one folder. */
const mostEnvelopes = 100;

/** @param files the paths of what lies beside it */
export async function checkProvenance(
  files: readonly string[],
  content: Content,
  key: PublicKey | undefined,
): Promise<Finding> {
  const paths = files.filter((path) => path.endsWith(provenanceExtension)).slice(0, mostEnvelopes);
  const bad: Finding[] = [];
  for (const path of paths) {
    const file = basename(path);
    const found = opened((await textOf(path, mostEnvelopeBytes)) ?? '');
    if (!found) {
      bad.push({ state: 'bad', message: `${file} is damaged, or no provenance of LDF`, hint: getAgain });
      continue;
    }
    const { envelope, statement } = found;
    const subject = statement.subject.find(({ name }) => name === content.name);
    const finding = subject && judge(file, envelope, statement, subject, content, key);
    // Whoever puts another beside it must not hide the right one.
    if (finding && finding.state !== 'bad') return finding;
    if (finding) bad.unshift(finding);
  }
  return bad[0] ?? { state: 'missing', message: `no *${provenanceExtension} beside it names it`, hint: getAgain };
}

function judge(
  file: string,
  envelope: OpenedEnvelope,
  { predicate: { runDetails } }: Statement,
  { digest, annotations: { sizeBytes } }: Subject,
  content: Content,
  key: PublicKey | undefined,
): Finding {
  if (key && !envelope.isSignedBy(key.publicKey))
    return {
      state: 'bad',
      message: `${file} is not signed by the key ${keyIdText(key.id)}`,
      hint: 'Take the public key of who made the file. If this is it, do not trust the provenance.',
    };
  if (content.sizeBytes < sizeBytes)
    return {
      state: 'bad',
      message: `it is truncated: ${formatCount(content.sizeBytes, 'byte')} of ${sizeBytes.toLocaleString('en')}`,
      hint: getAgain,
    };
  if (content.sha256 !== digest.sha256)
    return { state: 'bad', message: `it is corrupt: its sha256 is not ${digest.sha256}`, hint: getAgain };
  const { builder, metadata } = runDetails;
  const message = `build ${metadata.invocationId} by ${builder.id}, ended ${metadata.finishedOn}`;
  return key ? { state: 'good', message } : { state: 'unproven', message: `${message}, as ${file} says` };
}

const getAgain = 'Get it again from where it comes from: `ldf download` brings all files of a build.';

/** undefined for what is no statement of LDF, or damaged. */
function opened(text: string): { envelope: OpenedEnvelope; statement: Statement } | undefined {
  try {
    const envelope = readEnvelope(text);
    if (envelope.payloadType !== statementMediaType) return undefined;
    return { envelope, statement: Statement.parse(JSON.parse(envelope.payload.toString('utf8'))) };
  } catch {
    return undefined;
  }
}
