/**
 * Certificates for Secure Boot: RSA with SHA-256, the kind that all firmware knows (UEFI 2.10 §32.4), issued by themselves. Firmware
 * takes them as they are: neither chain, dates nor extensions mean anything to it.
 */
import { createHash, generateKeyPair, randomBytes, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import type { CertificateFacts } from '../model/key-set.ts';

/** More is not certain to be known to firmware. */
const modulusBits = 2048;

const commonName = '2.5.4.3';
/** RFC 8017 appendix A.2.4, with the NULL that its parameters have to be. */
const sha256WithRsa = () => new AlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.11', parameters: asn1Null });
const asn1Null = Uint8Array.of(0x05, 0x00).buffer;

export interface KeyPair {
  /** PEM. */
  certificate: string;
  /** PEM (PKCS #8), not encrypted. */
  privateKey: string;
}

/** A new key, and its certificate. @param name the certificate's common name, of 64 characters at most */
export async function makeKeyPair(name: string, from: Date, until: Date): Promise<KeyPair> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: modulusBits });
  const subject = nameOf(name);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    // RFC 5280 §4.1.2.2: positive, of 20 bytes at most.
    serialNumber: Uint8Array.from([0x01, ...randomBytes(15)]).buffer,
    signature: sha256WithRsa(),
    issuer: subject,
    validity: new Validity({ notBefore: from, notAfter: until }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo),
  });
  const signed = sign('sha256', new Uint8Array(AsnConvert.serialize(tbsCertificate)), privateKey);
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: sha256WithRsa(),
    signatureValue: Uint8Array.from(signed).buffer,
  });
  return {
    certificate: new X509Certificate(new Uint8Array(AsnConvert.serialize(certificate))).toString(),
    privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

/** @throws Error for what is no certificate */
export function factsOf(certificate: X509Certificate): CertificateFacts {
  const time = (text: string) => new Date(text).toISOString();
  return {
    sha256: createHash('sha256').update(certificate.raw).digest('hex'),
    subject: certificate.subject.replaceAll('\n', ', '),
    validFrom: time(certificate.validFrom),
    expiresAt: time(certificate.validTo),
  };
}

function nameOf(name: string): Name {
  const value = new AttributeValue({ utf8String: name });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonName, value })])]);
}
