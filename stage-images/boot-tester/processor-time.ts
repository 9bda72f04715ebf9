/** What of the host's processors a process gets. */
import { readFile } from 'node:fs/promises';

/** USER_HZ, the unit of times in /proc: 100 on every architecture that Debian has (proc_pid_stat(5)). */
const ticksPerSecond = 100;
/** Of the fields after the name in parentheses, utime and stime. */
const userTimeField = 11;
const systemTimeField = 12;

/** Seconds of a processor that a process has used with all its threads; undefined when it is not there. */
export async function processorSeconds(pid: number | undefined): Promise<number | undefined> {
  if (pid === undefined) return undefined;
  try {
    return parseProcessorSeconds(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // ESRCH: it ended between opening and reading.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}

/** The same of the text of /proc/PID/stat. */
export function parseProcessorSeconds(stat: string): number {
  // The name may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[userTimeField]) + Number(fields[systemTimeField])) / ticksPerSecond;
}
