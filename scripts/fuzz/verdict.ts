/** Holds what a campaign showed against the limits. */
import type { CampaignReport } from './campaign.ts';
import { maxGrownBytes, maxReadersBytes } from './limits.ts';

/** One line for each thing that is wrong. @param healthMs undefined: on a busy machine a wait says nothing */
export function judge(report: CampaignReport, { healthMs }: { healthMs: number | undefined }): string[] {
  const { errors, healthWorstMs, leakedDescriptors, grownBytes, readers } = report;
  const found = [...errors];
  if (healthMs !== undefined) {
    const waits = [{ what: 'drawn requests', ms: healthWorstMs.drawn }, ...healthWorstMs.expensive];
    for (const { what, ms } of waits) if (ms > healthMs) found.push(`/healthz waited ${ms.toFixed(0)} ms (${what})`);
  }
  if (leakedDescriptors && leakedDescriptors.length > 0)
    found.push(`descriptors leaked: ${leakedDescriptors.join(', ')}`);
  if (grownBytes !== undefined && grownBytes > maxGrownBytes) found.push(`memory grew by ${mib(grownBytes)}`);
  if (readers.grownBytes !== undefined && readers.grownBytes > maxReadersBytes)
    found.push(`readers took ${mib(readers.grownBytes)}`);
  return found;
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
