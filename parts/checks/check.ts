/** What is asked of a guest that is up, beyond what its console says. */

/** What is wrong with a boot. */
export interface Problem {
  code: string;
  /** Continues "<artifact> did not come up: …". */
  message: string;
  hint: string;
  /** The line that shows it. */
  evidence?: string;
}

/** What stands among active units where the guest finds Secure Boot enabled. */
export const secureBootActive = 'secure-boot';

/** What a check has told so far. */
export interface CheckReport {
  /** Its first line came, so its end is worth waiting for. */
  readonly begun: boolean;
  readonly ended: boolean;
  readonly problems: Problem[];
  /** What else it says of the guest, in a few words each, for the log. */
  readonly notes: readonly string[];
  isActive(unit: string): boolean;
  /** Takes in a line of the second serial port; firmware uses it, too, so that not every line is of the check. */
  heard(line: string): void;
}

/** Asked of a guest that is up: run by root there, a line of its output is to match. */
export interface Question {
  what: string;
  command: readonly string[];
  matches(line: string): boolean;
  hint: string | undefined;
}

/** What a boot is to show. */
export interface Expected {
  questions: readonly Question[];
  /** The machine has a screen. */
  screen: boolean;
  /** Words that the kernel's command line is to have. */
  words: readonly string[];
}

/**
 * The image stays as it is: the check is handed to the guest in its SMBIOS tables (smbios-type-11(7)), and answers over a second
 * serial port. A guest that has no ear for it says nothing there, and that is no failure.
 */
export interface Check {
  /**
   * Values of SMBIOS type 11 (OEM strings) that bring it into the guest, with its questions.
   * @param port where it answers, as the guest names it: `ttyS1`
   */
  strings(questions: readonly Question[], port: string): readonly string[];
  /**
   * Values that log root in on the console of this machine, for a person who has booted it by hand; the image has no such
   * account. Empty: its init system has no ear for that.
   */
  readonly rootLogIn: readonly string[];
  /** A new report, of one boot. */
  report(expected: Expected): CheckReport;
}
